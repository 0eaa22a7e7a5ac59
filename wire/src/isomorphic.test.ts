/** What pages use must run where there is no Node and no secure context. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { publicKeyOf } from './ed25519.ts';
import { seedSigner, sign, Verifier, verifyKey } from './sign.ts';

/** Every module of ours that `entry` brings along, and every specifier that is not ours. */
function closure(entry: string) {
  const own = new Set<string>();
  const foreign = new Set<string>();
  const visit = (file: string) => {
    if (own.has(file)) return;
    own.add(file);
    const source = readFileSync(new URL(file, import.meta.url), 'utf8');
    for (const [, specifier = ''] of source.matchAll(/^(?:import|export)\s(?!type\s)[^;]*?from '([^']+)'/gms))
      if (specifier.startsWith('./')) visit(specifier);
      else foreign.add(specifier);
  };
  visit(entry);
  return { own: [...own], foreign: [...foreign].sort() };
}

afterEach(() => vi.unstubAllGlobals());

describe('code for pages', () => {
  it('brings nothing along but noble and zod', () => {
    expect(closure('./index.ts').foreign.filter((name) => !/^(?:@noble\/|zod)/.test(name))).toEqual([]);
    expect(closure('./index.ts').own).not.toContain('./sign-node.ts');
  });
  it('verifies envelopes without zod', () => {
    expect(closure('./sign.ts').foreign).toEqual([
      '@noble/ed25519',
      '@noble/hashes/sha2.js',
      '@noble/hashes/utils.js',
    ]);
  });
  it('verifies receipts without the schemas of requests', () => {
    const { own, foreign } = closure('./receipt-proof.ts');
    expect(own).not.toContain('./local-api.ts');
    expect(foreign).not.toContain('zod');
  });
  it('signs and verifies where there is no crypto at all', () => {
    vi.stubGlobal('crypto', undefined);
    const seed = new Uint8Array(32).fill(3);
    const envelope = sign('t', Uint8Array.of(1), seedSigner(seed));
    const key = verifyKey(publicKeyOf(seed)) ?? expect.fail('unusable');
    expect(new Verifier([{ key, payloadTypes: ['t'] }]).verify(envelope, 't').ok).toBe(true);
  });
});
