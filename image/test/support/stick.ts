/**
 * USB sticks for the machine under test, made as a person makes them: the image written onto one, a release copied onto
 * another. Separate because a stick is a file here, and where it lies is nobody else's business.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readVmConfig } from '../../vm/config.ts';
import { image } from './prepared.ts';

const execute = promisify(execFile);

/** The image on a stick of its own. @returns its path */
export async function installStick(): Promise<string> {
  const path = await newStick('install');
  await execute('cp', ['--sparse=always', image(), path]);
  return path;
}

/** A stick named B3IQ-UPDATE with a release's files on it. @returns its path */
export async function updateStick(release: string): Promise<string> {
  const path = await newStick('update');
  const files = (await readdir(release)).map((name) => join(release, name));
  await format(path, 'B3IQ-UPDATE', files);
  await execute('mcopy', ['-i', path, ...files, '::/']);
  return path;
}

/** A stick named B3IQ-MODELS with one model in a folder. @returns its path, and the model as the machine should list it */
export async function modelStick(): Promise<{
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
}> {
  const path = await newStick('models');
  const bytes = await readFile(join(readVmConfig().tree, 'usr/share/b3iq/selftest/b3iq-selftest.gguf'));
  // The least bit of one weight: another model than the one the machine has, and as good.
  const at = bytes.length - 4;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  const file = `${path}.gguf`;
  await writeFile(file, bytes);
  await format(path, 'B3IQ-MODELS', [file]);
  await execute('mmd', ['-i', path, '::/Models']);
  const name = 'Models/Brought by hand.gguf';
  await execute('mcopy', ['-i', path, file, `::/${name}`]);
  return { path, name, sizeBytes: bytes.length };
}

/** An empty FAT file system with room for `files`. */
async function format(path: string, label: string, files: readonly string[]): Promise<void> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const room = sizes.reduce((sum, size) => sum + size, 64 * 2 ** 20);
  await writeFile(path, '');
  await truncate(path, Math.ceil(room / 2 ** 20) * 2 ** 20);
  await execute('mkfs.vfat', ['-F', '32', '-n', label, path]);
}

async function newStick(name: string): Promise<string> {
  const folder = join(readVmConfig().cache, 'sticks');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.raw`);
  await rm(path, { force: true });
  return path;
}
