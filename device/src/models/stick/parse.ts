/**
 * Names of model files on a stick, as the machine lists them and as pages and records give them back. Pure; separate because
 * they are hostile both times: whoever formats a stick writes what they like, and so does whoever asks.
 */
import { hasControls } from '../gate/names.ts';

/** Below the stick itself. Deeper ones are not looked for: a list is for choosing from. */
export const MOST_FOLDERS = 2;
/** Of one part, in UTF-16 units: what FAT and exFAT can hold. @see exFAT file system specification §7.7.3 */
const MOST_PART = 255;

/**
 * Whether a file or folder may be listed: a name that says itself the same everywhere, and not one that systems hide.
 * macOS leaves `._model.gguf` beside each file and Windows deleted ones below `$RECYCLE.BIN`.
 */
export const isPlainPart = (part: string): boolean =>
  part.length > 0 &&
  part.length <= MOST_PART &&
  !/^[.$]|[/\\\ufffd]/.test(part) && // U+FFFD: bytes that are no UTF-8, by which nothing can be opened
  part.isWellFormed() &&
  !hasControls(part);

/** By its name; what the file is, the header gate says. */
export const isModelName = (part: string): boolean => /\.(?:gguf|safetensors)$/i.test(part);

/**
 * The folders and the file of such a name as `more/model.gguf`; undefined for anything that is not a model's file on a stick.
 * @param name  hostile @returns 1–3 parts, none of which leads out of the stick
 */
export function parseStickName(name: string): readonly string[] | undefined {
  const parts = name.split('/');
  if (parts.length > MOST_FOLDERS + 1 || !parts.every(isPlainPart)) return undefined;
  return isModelName(parts.at(-1) ?? '') ? parts : undefined;
}
