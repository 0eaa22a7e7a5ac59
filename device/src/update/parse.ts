/**
 * Text and JSON about versions to types: os-release, names on the boot partition, and the files the programs leave for
 * one another. Pure. Every file is read as if a stranger had written it.
 */
import { z } from 'zod';
import {
  type BootEntry,
  type Ended,
  type InstallFacts,
  type InstallRecord,
  OBSTACLES,
  PHASES,
  type Report,
  type RunningSystem,
} from './types.ts';

const MAX_VERSION = 2_147_483_647;

/** A whole version from text such as `12`; undefined for anything else. */
export function parseVersion(text: string): number | undefined {
  const value = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
  return value <= MAX_VERSION ? value : undefined;
}

/**
 * The running system out of os-release; undefined when it names no whole version.
 * @param architecture  as systemd calls it, such as `x86-64`      @see os-release(5)
 */
export function parseOsRelease(text: string, architecture: string): RunningSystem | undefined {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z0-9_]+)=(.*)$/.exec(line.trim()) ?? [];
    if (key !== undefined && value !== undefined) fields.set(key, unquote(value));
  }
  const version = parseVersion(fields.get('IMAGE_VERSION') ?? '');
  const imageId = fields.get('IMAGE_ID');
  if (version === undefined || imageId === undefined) return undefined;
  return {
    version,
    imageId,
    architecture,
    variant: fields.get('VARIANT_ID') ?? 'standard',
    releasedAt: fields.get('B3IQ_RELEASED_AT'),
    supportUntil: fields.get('SUPPORT_END'),
  };
}

const unquote = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;

/**
 * The version a file in `EFI/Linux` stands for, such as `b3iq_12+2-1.efi`; undefined when it is not ours.
 * @see UAPI.1 Boot Loader Specification, "Boot counting"
 */
export function parseEntryName(name: string, imageId: string): BootEntry | undefined {
  const [, id, version, left] =
    /^([a-z][a-z0-9-]*)_([1-9]\d{0,9})(?:\+(\d{1,3})(?:-\d{1,3})?)?\.efi$/.exec(name) ?? [];
  const number = parseVersion(version ?? '');
  if (id !== imageId || number === undefined) return undefined;
  return { version: number, triesLeft: left === undefined ? undefined : Number(left) };
}

const version = z.int().min(1).max(MAX_VERSION);
const time = z.iso.datetime();
const obstacle = z.enum(OBSTACLES).optional();
const last = z.strictObject({
  version,
  at: time,
  outcome: z.enum(['installed', 'rolled-back', 'refused']),
  obstacle,
});
const record = z.strictObject({
  pending: z.strictObject({ version, at: time }).optional(),
  floor: z.int().min(0).max(MAX_VERSION),
  failed: z.array(version).max(1_000),
  last: last.optional(),
});
const bytes = z.int().min(0);

const SHAPES = {
  record,
  facts: z.strictObject({
    onTrial: z.boolean(),
    triesLeft: z.int().min(0).max(999).optional(),
    entries: z.array(z.strictObject({ version, triesLeft: z.int().min(0).max(999).optional() })).max(100),
    record,
  }),
  ended: z.strictObject({ at: time, version: version.optional(), obstacle }),
  report: z.strictObject({
    uptimeS: z.number().min(0),
    activity: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none') }),
      z.strictObject({ kind: z.literal('looking') }),
      z.strictObject({
        kind: z.literal('installing'),
        version,
        phase: z.enum(PHASES),
        doneBytes: bytes,
        totalBytes: bytes,
        leftS: z.number().min(0).optional(),
      }),
    ]),
  }),
} as const;

interface Kinds {
  readonly record: InstallRecord;
  readonly facts: InstallFacts;
  readonly ended: Ended;
  readonly report: Report;
}

/** The file's text for `value`. */
export function formatFile<K extends keyof Kinds>(_kind: K, value: Kinds[K]): string {
  return `${JSON.stringify(value)}\n`;
}

/** What a file of kind `kind` says; undefined when there is no text or it is no such file. */
export function parseFile<K extends keyof Kinds>(kind: K, text: string | undefined): Kinds[K] | undefined {
  try {
    const read = SHAPES[kind].safeParse(JSON.parse(text ?? ''));
    return read.data as Kinds[K] | undefined; // the schema of that name; optional and undefined are one in JSON
  } catch {
    return undefined; // not JSON
  }
}
