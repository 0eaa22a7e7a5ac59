import { randomBytes } from 'node:crypto';
import { bytesToHex, leafHash, merkleRoot } from '@b3iq/wire';
import { expect, it } from 'vitest';
import { sha256Parts } from './hash.ts';
import { rootOver } from './tree.ts';

it('the tree on OpenSSL is the one verifiers know, for every size', () => {
  const documents = Array.from({ length: 70 }, () => randomBytes(40));
  for (let size = 1; size <= documents.length; size++) {
    const some = documents.slice(0, size);
    expect(bytesToHex(rootOver(some, sha256Parts))).toBe(
      bytesToHex(merkleRoot(some.map((bytes) => leafHash(bytes)))),
    );
  }
  expect(() => rootOver([], sha256Parts)).toThrow(RangeError);
});
