/** What every source of releases must do, run against a web folder and a mounted stick. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { type Source, SourceError } from '../port.ts';

/** A source over `folder`, which the contract fills. */
export function sourceContract(
  make: () => Promise<{ readonly source: Source; readonly folder: string }>,
): void {
  const signal = new AbortController().signal;
  const content = Buffer.from('0123456789'.repeat(10_000));

  it('gives the manifest, and nothing when there is none', async () => {
    const { source, folder } = await make();
    expect(await source.manifest(signal)).toBeUndefined();
    await writeFile(join(folder, 'update-manifest.json'), '{"payload":"é"}');
    expect(await source.manifest(signal)).toBe('{"payload":"é"}');
  });

  it('gives a file from the beginning, and from anywhere', async () => {
    const { source, folder } = await make();
    await writeFile(join(folder, 'b3iq_2.efi'), content);
    for (const offset of [0, 1, 65_536, content.length - 1]) {
      const from = await source.open('b3iq_2.efi', offset, signal);
      expect(from.offset).toBe(offset);
      expect((await readAll(from.body)).equals(content.subarray(offset))).toBe(true);
    }
  });

  it('begins anew when it is asked for more than there is', async () => {
    const { source, folder } = await make();
    await writeFile(join(folder, 'b3iq_2.efi'), content);
    const from = await source.open('b3iq_2.efi', content.length + 5, signal);
    expect(from.offset).toBe(0);
    expect(await readAll(from.body)).toHaveLength(content.length);
  });

  it('refuses a file that is not there, or is no file', async () => {
    const { source, folder } = await make();
    await mkdir(join(folder, 'folder'));
    for (const name of ['absent.efi', 'folder'])
      await expect(source.open(name, 0, signal)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('never looks outside its folder', async () => {
    const { source, folder } = await make();
    await writeFile(join(folder, '..', 'secret'), 'secret');
    await expect(
      source.open('../secret', 0, signal).then(({ body }) => readAll(body)),
    ).rejects.toBeInstanceOf(SourceError);
  });

  it('does not take a manifest without end', async () => {
    const { source, folder } = await make();
    await writeFile(join(folder, 'update-manifest.json'), Buffer.alloc(3 * 2 ** 20, 0x20));
    await expect(
      source.manifest(signal).then((text) => text ?? Promise.reject(new Error('none'))),
    ).rejects.toThrow();
  });
}

export async function readAll(body: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part as Buffer); // no encoding was asked for
  return Buffer.concat(parts);
}
