import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex, concatBytes, hexToBytes } from './bytes.ts';
import { leafHash, merklePath, merkleRoot, rootOfPath } from './merkle.ts';

const hex = (text: string): Uint8Array => hexToBytes(text) ?? expect.fail(`not hex: ${text}`);
const vectors = JSON.parse(readFileSync(new URL('../vectors/merkle.json', import.meta.url), 'utf8')) as {
  // the shape of our own file
  leaves: string[];
  roots: string[];
  paths: { index: number; size: number; path: string[] }[];
};
const leaves = vectors.leaves.map((leaf) => leafHash(hex(leaf)));
const trees = fc
  .array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 40 })
  .map((all) => all.map(leafHash));

/** The tree as RFC 6962 defines it, word for word: split at the largest power of two below the size. */
function rootByDefinition(hashes: readonly Uint8Array[]): Uint8Array {
  const [first] = hashes;
  if (first === undefined || hashes.length === 1) return first ?? expect.fail('no leaves');
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  const [left, right] = [rootByDefinition(hashes.slice(0, split)), rootByDefinition(hashes.slice(split))];
  // Of two hashes the root is their node hash, which is all the definition needs.
  return merkleRoot([left, right]);
}

describe('the tree', () => {
  it('has the roots and paths of Certificate Transparency’s own vectors', () => {
    for (const [i, root] of vectors.roots.entries())
      expect(bytesToHex(merkleRoot(leaves.slice(0, i + 1)))).toBe(root);
    for (const { index, size, path } of vectors.paths)
      expect(merklePath(leaves.slice(0, size), index).map((step) => bytesToHex(step.hash))).toEqual(path);
    expect(bytesToHex(merkleRoot([]))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });
  it('is the tree of RFC 6962 for any number of leaves', () => {
    fc.assert(fc.property(trees, (tree) => void expect(merkleRoot(tree)).toEqual(rootByDefinition(tree))));
  });
  it('hashes leaves and nodes apart, so that a node cannot pass as a leaf', () => {
    const [a, b] = [leafHash(hex('00')), leafHash(hex('01'))];
    expect(leafHash(concatBytes(a, b))).not.toEqual(merkleRoot([a, b]));
  });
});

describe('a path', () => {
  it('leads to the root from every leaf', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const root = merkleRoot(tree);
        for (const [i, leaf] of tree.entries())
          expect(rootOfPath(leaf, i, tree.length, merklePath(tree, i))).toEqual(root);
      }),
    );
  });
  it('leads to no root from another place, another leaf, or a tree of another shape', () => {
    fc.assert(
      fc.property(trees, fc.nat(39), fc.nat(45), fc.nat(45), (tree, at, index, size) => {
        const i = at % tree.length;
        const path = merklePath(tree, i);
        const root = merkleRoot(tree);
        const leaf = tree[i] ?? expect.fail('no leaf');
        expect(rootOfPath(leafHash(hex('ffffffffffffffffff')), i, tree.length, path)).not.toEqual(root);
        // The place says on which side each sibling stands; only the same sides can lead to the root.
        if (index !== i && rootOfPath(leaf, index, tree.length, path) !== undefined)
          expect(merklePath(tree, index).map((step) => step.left)).toEqual(path.map((step) => step.left));
        expect(() => rootOfPath(leaf, index, size, path)).not.toThrow();
      }),
    );
  });
  it('is refused with a step too many, too few, turned round or of the wrong length', () => {
    const path = merklePath(leaves, 5);
    const leaf = leaves[5] ?? expect.fail('no leaf');
    const [first] = path;
    if (first === undefined) return expect.fail('no path');
    for (const wrong of [
      path.slice(1),
      [...path, first],
      [{ ...first, left: !first.left }, ...path.slice(1)],
      [{ ...first, hash: first.hash.slice(1) }, ...path.slice(1)],
      [],
    ])
      expect(rootOfPath(leaf, 5, 8, wrong)).toBeUndefined();
    for (const [index, size] of [
      [-1, 8],
      [8, 8],
      [0.5, 8],
      [0, 0],
      [0, 2 ** 31 + 1],
      [0, Number.NaN],
    ] as const)
      expect(rootOfPath(leaf, index, size, path)).toBeUndefined();
  });
  it('cannot be asked for a leaf that is not there', () => {
    for (const index of [-1, 8, 1.5, Number.NaN]) expect(() => merklePath(leaves, index)).toThrow(RangeError);
  });
});
