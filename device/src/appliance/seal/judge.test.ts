import { expect, test } from 'vitest';
import { judgeSeal } from './judge.ts';
import { type Presence, SEALED_FILES, type SealedFile } from './types.ts';

const having = (files: readonly SealedFile[]): Presence =>
  Object.fromEntries(SEALED_FILES.map((file) => [file, files.includes(file)])) as Record<SealedFile, boolean>; // one entry a file

test('a machine is sealed when all four files are there', () => {
  expect(judgeSeal(having(SEALED_FILES))).toEqual({ kind: 'sealed' });
});

test('cut before the identity, which comes last, it is blank again', () => {
  for (let written = 0; written < SEALED_FILES.length; written++)
    expect(judgeSeal(having(SEALED_FILES.slice(0, written)))).toEqual({ kind: 'blank' });
});

test('an identity with anything missing beside it is damage, never a reason for a new name', () => {
  for (const lost of SEALED_FILES.filter((file) => file !== 'identity.cred'))
    expect(judgeSeal(having(SEALED_FILES.filter((file) => file !== lost)))).toEqual({
      kind: 'damaged',
      missing: [lost],
    });
});
