/**
 * What is published about a machine and a model, to hold a benchmark against. Separate, and a list: an expectation that
 * nobody has published is never made up, so a row needs its source.
 */
import type { BenchmarkExpectation } from '@b3iq/wire/local-api';

export interface PublishedExpectation extends BenchmarkExpectation {
  /** Name of the only graphics card, exactly as its firmware says. */
  readonly graphics: string;
  readonly model: string;
}

/** None is published yet. */
export const PUBLISHED: readonly PublishedExpectation[] = [];

/** The row for this machine and model, or null. @param graphics  names of its cards */
export function expectationFor(
  graphics: readonly string[],
  model: string,
  published = PUBLISHED,
): BenchmarkExpectation | null {
  const [card, ...more] = graphics;
  const row = published.find((each) => each.graphics === card && each.model === model);
  if (row === undefined || more.length > 0) return null;
  return { decode_tokens_per_second: row.decode_tokens_per_second, source: row.source };
}
