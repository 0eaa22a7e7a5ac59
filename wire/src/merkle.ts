/**
 * Merkle trees as in Certificate Transparency: one signed root stands for many receipts, each provable alone.
 * Separate because the tree knows nothing of receipts. Leaves and inner nodes are hashed under different prefixes, so
 * that neither can be passed off as the other.      @see RFC 6962 §2.1
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from './bytes.ts';

const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

/** One sibling on the way up; `left` says on which side it stands. */
export interface PathStep {
  readonly hash: Uint8Array;
  readonly left: boolean;
}

/** SHA-256(0x00 ‖ bytes): 32 bytes. */
export function leafHash(bytes: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF, bytes));
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(NODE, left, right));
}

/** The next level: pairs hashed together, a last one without a partner carried up as it is. */
function levelAbove(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const above: Uint8Array[] = [];
  for (const [i, hash] of level.entries()) {
    const left = level[i - 1];
    if (i % 2 === 1 && left !== undefined) above.push(nodeHash(left, hash));
    else if (i === level.length - 1) above.push(hash);
  }
  return above;
}

/** @param leaves  leaf hashes in order      @returns 32 bytes; of no leaves, the hash of nothing, as RFC 6962 has it */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let level = leaves;
  while (level.length > 1) level = levelAbove(level);
  return level[0] ?? sha256(new Uint8Array());
}

/**
 * The siblings from the leaf at `index` up to the root.
 * @param leaves  leaf hashes in order      @param index  0 – leaves.length-1      @throws RangeError on another index
 */
export function merklePath(leaves: readonly Uint8Array[], index: number): readonly PathStep[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length)
    throw new RangeError(`expected an index below ${leaves.length}, got ${index}`);
  const path: PathStep[] = [];
  let level = leaves;
  for (let at = index; level.length > 1; at >>>= 1) {
    const isRight = at % 2 === 1;
    const hash = level[isRight ? at - 1 : at + 1];
    if (hash !== undefined) path.push({ hash, left: isRight });
    level = levelAbove(level);
  }
  return path;
}

/**
 * The root that `leaf` leads to as number `index` of `size`, or undefined when the path cannot belong to that place.
 * The place decides which side each sibling stands on, so a path cannot prove a leaf at another place than its own.
 * @param index  0 – size-1      @param size  leaves in the tree, 1 – 2^31      @see RFC 9162 §2.1.3.2
 */
export function rootOfPath(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly PathStep[],
): Uint8Array | undefined {
  if (!Number.isInteger(index) || !Number.isInteger(size) || index < 0 || index >= size || size > 2 ** 31)
    return undefined;
  let hash = leaf;
  let used = 0;
  for (let at = index, width = size; width > 1; at = Math.floor(at / 2), width = Math.ceil(width / 2)) {
    const isRight = at % 2 === 1;
    if (!isRight && at === width - 1) continue; // the last one without a partner is carried up
    const step = path[used++];
    if (step === undefined || step.hash.length !== 32 || step.left !== isRight) return undefined;
    hash = isRight ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash);
  }
  return used === path.length ? hash : undefined;
}
