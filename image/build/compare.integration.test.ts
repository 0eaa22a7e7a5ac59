import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareFiles, firstDifference } from './compare.ts';
import { TABLE_BYTES } from './gpt.ts';

describe('comparing two artefacts', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'b3iq-compare-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, content: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  it('finds no difference in equal files, empty ones too', () => {
    expect(firstDifference(file('a', 'same'), file('b', 'same'))).toBeUndefined();
    expect(firstDifference(file('c', ''), file('d', ''))).toBeUndefined();
  });
  it('finds the first byte that differs, behind the first chunk too', () => {
    const long = Buffer.alloc(2 ** 22 + 100);
    const other = Buffer.from(long);
    other[2 ** 22 + 7] = 1;
    expect(firstDifference(file('a', long), file('b', other))).toBe(2 ** 22 + 7);
  });
  it('says where the shorter one ends', () => {
    expect(compareFiles('x', file('a', 'abcd'), file('b', 'ab'))).toEqual({
      same: false,
      line: 'x: differs from byte 2: 6364 here, the end there',
    });
  });
  it('names the file that is not there', () => {
    const { same, line } = compareFiles('x', file('a', ''), join(folder, 'absent'));
    expect(same).toBe(false);
    expect(line).toContain('absent');
  });
  it('names the partition of a disk image that a difference lies in', () => {
    const disk = Buffer.alloc(TABLE_BYTES + 4096);
    disk.write('EFI PART', 512, 'latin1');
    disk.fill(1, 1024, 1024 + 32);
    disk.writeBigUInt64LE(34n, 1024 + 32);
    disk.writeBigUInt64LE(41n, 1024 + 40);
    disk.write('b3iq-esp', 1024 + 56, 'utf16le');
    const other = Buffer.from(disk);
    other[TABLE_BYTES + 5] = 9;
    const { line } = compareFiles('b3iq_1.raw', file('b3iq_1.raw', disk), file('other.raw', other));
    expect(line).toContain(`byte ${TABLE_BYTES + 5} (partition b3iq-esp, byte 5 of it)`);
  });
});
