/**
 * A minute as 256 bytes and back. Separate from the file, so that what a cut or a rotten disk leaves is judged in one
 * place: a record whose checksum does not fit is no record. A shipped layout never changes; a new one gets a new version.
 */
import { crc32 } from 'node:zlib';
import { type GpuSeriesId, MAX_GPUS_KEPT, type MachineSeriesId, type Sample } from './types.ts';

/** Half a sector, so that a record never lies across two. */
export const RECORD_BYTES = 256;
const VERSION = 1;

type Kind = 'i16' | 'u8' | 'u16' | 'u32';
interface Field {
  readonly at: number;
  readonly kind: Kind;
  /** Stored is value × scale, rounded. */
  readonly scale: number;
}
const MIB = 1 / 1024 ** 2;

/** Offsets in the record. 0: CRC-32 of the rest; 4: version; 6: cards; 8: minute. */
const MACHINE: Readonly<Record<MachineSeriesId, Field>> = {
  cpu_temperature_c: { at: 12, kind: 'i16', scale: 10 },
  cpu_load_percent: { at: 14, kind: 'i16', scale: 10 },
  memory_used_bytes: { at: 16, kind: 'u32', scale: MIB },
  disk_free_bytes: { at: 20, kind: 'u32', scale: MIB },
  requests_per_minute: { at: 24, kind: 'u32', scale: 1 },
  failed_requests_per_minute: { at: 28, kind: 'u32', scale: 1 },
  prompt_tokens_per_minute: { at: 32, kind: 'u32', scale: 1 },
  completion_tokens_per_minute: { at: 36, kind: 'u32', scale: 1 },
  tokens_per_second: { at: 40, kind: 'u32', scale: 10 },
  first_token_ms: { at: 44, kind: 'u32', scale: 1 },
  active_requests: { at: 48, kind: 'u16', scale: 1 },
  queued_requests: { at: 50, kind: 'u16', scale: 1 },
};
/** From here on 24 bytes a card: the PCI address as domain (4) and bus, device, function (2), then these. */
const GPUS_AT = 64;
const GPU_BYTES = 24;
const GPU: Readonly<Record<GpuSeriesId, Field>> = {
  gpu_temperature_c: { at: 6, kind: 'i16', scale: 10 },
  gpu_hotspot_c: { at: 8, kind: 'i16', scale: 10 },
  gpu_power_w: { at: 10, kind: 'u16', scale: 10 },
  gpu_busy_percent: { at: 12, kind: 'u8', scale: 1 },
  gpu_throttled_by_heat: { at: 13, kind: 'u8', scale: 1 },
  gpu_memory_used_bytes: { at: 16, kind: 'u32', scale: MIB },
};

const entries = <Id extends string>(fields: Readonly<Record<Id, Field>>) =>
  Object.entries(fields) as [Id, Field][]; // Object.entries forgets the keys' type
/** Made once: a chart of a week reads ten thousand records. */
const MACHINE_FIELDS = entries(MACHINE);
const GPU_FIELDS = entries(GPU);

/** The value that means "not there", and the ends of those that are. */
const KINDS: Readonly<
  Record<Kind, { readonly none: number; readonly least: number; readonly most: number }>
> = {
  i16: { none: -0x8000, least: -0x7fff, most: 0x7fff },
  u8: { none: 0xff, least: 0, most: 0xfe },
  u16: { none: 0xffff, least: 0, most: 0xfffe },
  u32: { none: 0xffff_ffff, least: 0, most: 0xffff_fffe },
};

/** The record of a sample; a value beyond what its field holds becomes the nearest that fits. */
export function encodeSample(sample: Sample): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  const gpus = sample.gpus.flatMap((gpu) => {
    const address = packAddress(gpu.id);
    return address === undefined ? [] : [{ ...address, values: gpu.values }];
  });
  view.setUint16(4, VERSION, true);
  view.setUint8(6, Math.min(gpus.length, MAX_GPUS_KEPT));
  view.setUint32(8, sample.minute, true);
  for (const [id, field] of MACHINE_FIELDS) put(view, 0, field, sample.machine[id]);
  for (const [index, { domain, place, values }] of gpus.slice(0, MAX_GPUS_KEPT).entries()) {
    const at = GPUS_AT + index * GPU_BYTES;
    view.setUint32(at, domain, true);
    view.setUint16(at + 4, place, true);
    for (const [id, field] of GPU_FIELDS) put(view, at, field, values[id]);
  }
  view.setUint32(0, crc32(bytes.subarray(4)), true);
  return bytes;
}

/** The minute a record is of; undefined when it is none, or damaged. @param bytes  `RECORD_BYTES` of them */
export function minuteOf(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, RECORD_BYTES);
  if (view.getUint16(4, true) !== VERSION || view.getUint8(6) > MAX_GPUS_KEPT) return undefined;
  return view.getUint32(0, true) === crc32(bytes.subarray(4, RECORD_BYTES))
    ? view.getUint32(8, true)
    : undefined;
}

/** @param bytes  a record that `minuteOf` has accepted */
export function decodeSample(bytes: Uint8Array): Sample {
  const view = new DataView(bytes.buffer, bytes.byteOffset, RECORD_BYTES);
  const machine: Partial<Record<MachineSeriesId, number>> = {};
  for (const [id, field] of MACHINE_FIELDS) {
    const value = take(view, 0, field);
    if (value !== undefined) machine[id] = value;
  }
  const gpus = Array.from({ length: view.getUint8(6) }, (_, index) => {
    const at = GPUS_AT + index * GPU_BYTES;
    const values: Partial<Record<GpuSeriesId, number>> = {};
    for (const [id, field] of GPU_FIELDS) {
      const value = take(view, at, field);
      if (value !== undefined) values[id] = value;
    }
    return { id: unpackAddress(view.getUint32(at, true), view.getUint16(at + 4, true)), values };
  });
  return { minute: view.getUint32(8, true), machine, gpus };
}

function put(view: DataView, base: number, { at, kind, scale }: Field, value: number | undefined): void {
  const { none, least, most } = KINDS[kind];
  const stored =
    value === undefined || Number.isNaN(value)
      ? none
      : Math.min(most, Math.max(least, Math.round(value * scale)));
  if (kind === 'i16') view.setInt16(base + at, stored, true);
  else if (kind === 'u8') view.setUint8(base + at, stored);
  else if (kind === 'u16') view.setUint16(base + at, stored, true);
  else view.setUint32(base + at, stored, true);
}

function take(view: DataView, base: number, { at, kind, scale }: Field): number | undefined {
  const stored =
    kind === 'i16'
      ? view.getInt16(base + at, true)
      : kind === 'u8'
        ? view.getUint8(base + at)
        : kind === 'u16'
          ? view.getUint16(base + at, true)
          : view.getUint32(base + at, true);
  return stored === KINDS[kind].none ? undefined : stored / scale;
}

function packAddress(id: string): { readonly domain: number; readonly place: number } | undefined {
  const match = /^([0-9a-f]{4,8}):([0-9a-f]{2}):([01][0-9a-f])\.([0-7])$/.exec(id);
  if (match === null) return undefined;
  const [domain = 0, bus = 0, device = 0, part = 0] = match.slice(1).map((hex) => Number.parseInt(hex, 16));
  return { domain, place: (bus << 8) | (device << 3) | part };
}

function unpackAddress(domain: number, place: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return `${hex(domain, 4)}:${hex(place >> 8, 2)}:${hex((place >> 3) & 0x1f, 2)}.${place & 7}`;
}
