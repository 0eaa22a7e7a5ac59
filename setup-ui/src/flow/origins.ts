/** What the machine says about an origin, fit to stand at its field. Separate and pure: what an origin is, the machine alone judges. */
import type { Failure } from '../api/call.ts';

/** The sentence of a refusal that is about what was typed; undefined for any other failure. */
export function refusalOf(failure: Failure | undefined): string | undefined {
  if (failure?.kind !== 'problem' || failure.code !== 'invalid_request') return undefined;
  const words = /^`origins(?:\.\d+)?`: (.)(.*)$/s.exec(failure.detail);
  return words === null ? undefined : `${words[1]?.toUpperCase()}${words[2]}`;
}
