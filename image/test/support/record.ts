/**
 * What the boot tests have measured and counted, in one JSON file that the documents quote.
 * Separate because the tests of many files add to it, and a number without its date and machine says nothing.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { readVmConfig } from '../../vm/config.ts';

const PATH = join(readVmConfig().cache, 'record.json');

type Entry = Readonly<Record<string, string | number | boolean>>;

/** Adds an entry under `kind`, such as `boots`, `cuts`, `journeys`; `.cache/vm/record.json`. */
export async function note(kind: string, entry: Entry): Promise<void> {
  const record = await readRecord();
  const entries = [...(record[kind] ?? []), { at: new Date().toISOString(), computer: computer(), ...entry }];
  await mkdir(dirname(PATH), { recursive: true });
  await writeFile(PATH, `${JSON.stringify({ ...record, [kind]: entries }, null, 2)}\n`);
}

const computer = () => `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;

async function readRecord(): Promise<Readonly<Record<string, readonly Entry[]>>> {
  // Written above.
  return JSON.parse(await readFile(PATH, 'utf8').catch(() => '{}')) as Record<string, Entry[]>;
}
