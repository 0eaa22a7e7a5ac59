import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { takeGivenPackages } from './nvidia.ts';
import { checkKeys } from './prepare.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const NEEDED = ['secure-boot.key', 'secure-boot.crt', 'pcr.key', 'pcr.crt', 'update-keys.json'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'b3iq-prepare-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the keys of a build', () => {
  const keys = (except?: string): string => {
    for (const file of NEEDED)
      if (file === except) copyFileSync(join(top, 'image/keys/dev', file), join(folder, file));
      else writeFileSync(join(folder, file), `another ${file}`);
    return folder;
  };

  it('are the development keys for everything but a release', () => {
    for (const PROFILE of ['dev', 'test', 'nvidia'])
      expect(() => checkKeys(readConfig(top, { PROFILE }))).not.toThrow();
  });
  it('are refused for a release when nothing else is named', () => {
    expect(() => checkKeys(readConfig(top, { PROFILE: 'release' }))).toThrow('B3IQ_KEYS');
  });
  it.each(NEEDED)('are refused for a release when only %s is the development one', (file) => {
    expect(() => checkKeys(readConfig(top, { PROFILE: 'release', B3IQ_KEYS: keys(file) }))).toThrow(file);
  });
  it('are taken for a release when all of them are others', () => {
    expect(() => checkKeys(readConfig(top, { PROFILE: 'release', B3IQ_KEYS: keys() }))).not.toThrow();
  });
  it('are named when they are not there', () => {
    expect(() => checkKeys(readConfig(top, { B3IQ_KEYS: folder }))).toThrow('has no secure-boot.key');
  });
});

describe('the packages of the profile nvidia', () => {
  const nvidia = (): Promise<unknown> =>
    takeGivenPackages(readConfig(top, { PROFILE: 'nvidia', B3IQ_NVIDIA_PACKAGES: folder }), folder);

  it('are none for every other profile', async () => {
    expect(await takeGivenPackages(readConfig(top, {}), folder)).toEqual({
      system: [],
      engine: [],
      engineFiles: [],
    });
  });
  it('are asked for in plain words when they are missing', async () => {
    await expect(takeGivenPackages(readConfig(top, { PROFILE: 'nvidia' }), folder)).rejects.toThrow(
      'B3IQ_NVIDIA_PACKAGES',
    );
  });
  it('are refused when the folder holds only part of them', async () => {
    mkdirSync(join(folder, 'engine'));
    writeFileSync(join(folder, 'engine/files.txt'), 'usr/bin/x\n');
    await expect(nvidia()).rejects.toThrow('not complete');
  });
});
