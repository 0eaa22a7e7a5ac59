/**
 * Text of a settings file to its value and back. Pure: the hash is handed in.
 * Separate because a garbled file is ordinary input here: power fails and disks lie.
 */
import { z } from 'zod';
import type { Format, Parsed } from './types.ts';

/** Lower-case hex SHA-256 of a UTF-8 text. */
export type HashText = (text: string) => string;

const envelope = z.strictObject({
  version: z.int().min(1),
  saved_at: z.iso.datetime(),
  /** Over the compact JSON of `settings`: tells a flipped bit in a value that still parses. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  settings: z.unknown(),
});

/** The file's text for `value`, indented so that a person can read it. */
export function formatFile(version: number, value: unknown, savedAt: string, hash: HashText): string {
  const sha256 = hash(JSON.stringify(value));
  return `${JSON.stringify({ version, saved_at: savedAt, sha256, settings: value }, null, 2)}\n`;
}

/** What `text` holds. Never throws; `reason` names what is wrong and repeats nothing of the text. */
export function parseFile<T>(text: string, format: Format<T>, hash: HashText): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'damaged', reason: text.trim() === '' ? 'it is empty' : 'it is cut short or garbled' };
  }
  const outer = envelope.safeParse(json);
  if (!outer.success) return { kind: 'damaged', reason: 'it is not a settings file' };
  const { version, saved_at: savedAt, sha256, settings } = outer.data;
  if (hash(JSON.stringify(settings)) !== sha256)
    return { kind: 'damaged', reason: 'its checksum does not match' };
  if (version > format.version) return { kind: 'newer', version };
  if (version < format.version) return { kind: 'older', version, raw: settings, savedAt };
  const value = format.schema.safeParse(settings);
  if (!value.success) return { kind: 'damaged', reason: 'its content is not what this version writes' };
  return { kind: 'current', value: value.data, savedAt };
}
