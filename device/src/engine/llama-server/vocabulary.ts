/** What only the running server knows of a vocabulary: its tokens for a text, what it sets before and behind every text,
 *  and which names it reads as control tokens. Separate from requests because most of it is asked once. */
import { z } from 'zod';
import { leadOf, withoutLead } from '../llama/continuation.ts';
import { mayBeControl } from '../llama/facts.ts';
import { isControlType, type VocabularyFacts } from '../llama/vocabulary.ts';
import type { Upstream } from './upstream.ts';

const answer = z.object({ tokens: z.array(z.int().min(0)) });

export interface ServerVocabulary {
  readonly beginning: number | undefined;
  readonly ending: number | undefined;
  /** Tokens the server reads by name although the file calls them ordinary. */
  readonly namedControls: ReadonlySet<number>;
  /** Tokens of each piece by itself, in order; those behind the first continue a text. */
  tokenize(pieces: readonly string[], withControls: boolean, signal: AbortSignal): Promise<readonly number[]>;
}

/** Asks a server that has loaded its model. @throws engine_failed */
export async function readVocabularyOf(
  server: Upstream,
  facts: VocabularyFacts,
  signal: AbortSignal,
): Promise<ServerVocabulary> {
  const tokens = async (
    content: string | readonly (string | number)[],
    parse_special: boolean,
    by: AbortSignal,
    add_special = false,
  ): Promise<readonly number[]> =>
    answer.parse(await server.json('/tokenize', { content, parse_special, add_special }, by)).tokens;

  const plain = await tokens('a', false, signal);
  const framed = await tokens('a', false, signal, true);
  const at = framed.indexOf(plain[0] ?? -1);
  const leadText = leadOf(facts.model);
  const lead = leadText === '' ? [] : await tokens(leadText, true, signal);

  const continued = async (piece: string, withControls: boolean, by: AbortSignal) =>
    withoutLead(await tokens(leadText + piece, withControls, by), lead) ?? tokens(piece, withControls, by);

  return {
    beginning: at > 0 ? framed[0] : undefined,
    ending: framed.length > at + plain.length ? framed.at(-1) : undefined,
    namedControls: await findNamedControls(tokens, facts, signal),
    async tokenize(texts, withControls, by) {
      const pieces = texts.map((text) => text.toWellFormed()); // half a surrogate is no JSON to the server
      if (leadText === '' || pieces.length < 2) return tokens(pieces, withControls, by);
      const [first = '', ...others] = pieces;
      const found = [...(await tokens(first, withControls, by))];
      for (const piece of others) found.push(...(await continued(piece, withControls, by)));
      return found;
    },
  };
}

/**
 * A name is a control token when reading it with control tokens gives the token, and reading it without does not. All
 * names go in two calls, kept apart by a token; when they cannot be told apart, every name counts as control: that costs
 * a client who writes one a token or two, and is never unsafe.
 */
async function findNamedControls(
  tokens: (
    content: readonly (string | number)[],
    withControls: boolean,
    signal: AbortSignal,
  ) => Promise<readonly number[]>,
  facts: VocabularyFacts,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const likely = facts.tokens.flatMap((_, token) =>
    mayBeControl(facts, token) && !isControlType(facts.types[token]) ? [token] : [],
  );
  if (likely.length === 0) return new Set();
  const between = Math.max(0, facts.types.findIndex(isControlType));
  const content = likely.flatMap((token) => [facts.tokens[token] ?? '', between]);
  const [read, plain] = await Promise.all(
    [true, false].map(async (withControls) =>
      split(await tokens(content, withControls, signal), between, likely.length),
    ),
  );
  return new Set(
    likely.filter((token, at) => {
      if (read === undefined || plain === undefined) return true;
      return isJust(read[at], token) && !isJust(plain[at], token);
    }),
  );
}

function split(tokens: readonly number[], between: number, parts: number): number[][] | undefined {
  const found: number[][] = [[]];
  for (const token of tokens)
    if (token === between) found.push([]);
    else found.at(-1)?.push(token);
  return found.length === parts + 1 ? found : undefined;
}

const isJust = (tokens: readonly number[] | undefined, token: number): boolean =>
  tokens?.length === 1 && tokens[0] === token;
