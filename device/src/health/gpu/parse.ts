/**
 * Numbers, names and addresses as drivers and tools print them. Pure; every input is hostile: a card's name comes from
 * its firmware, and a failing card answers anything. What does not fit its range is left out, nothing throws.
 */
import type { ThrottleCause } from '@b3iq/wire/local-api';

/** A card with more than 16 TiB has misread itself. */
export const MOST_BYTES = 16 * 1024 ** 4;

/** A plain decimal number within bounds, both included; undefined for `[N/A]`, `[Not Supported]`, an error or nonsense. */
export function numberIn(text: string | undefined, least: number, most: number): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (!/^-?\d{1,20}(?:\.\d{1,9})?$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return value >= least && value <= most ? value : undefined;
}

/** °C of text that counts in `1 / scale` degrees; readings outside −60 to 200 are a broken sensor's. */
export const celsiusIn = (text: string | undefined, scale = 1): number | undefined => {
  const value = numberIn(text, -60 * scale, 200 * scale);
  return value === undefined ? undefined : value / scale;
};
/** Watts of text that counts in `1 / scale` watts. */
export const wattsIn = (text: string | undefined, scale = 1): number | undefined => {
  const value = numberIn(text, 0, 5_000 * scale);
  return value === undefined ? undefined : value / scale;
};

/** A name as its maker wrote it, without control or invisible characters and with an end; `fallback` when none is left. */
export function printableName(text: string | undefined, fallback: string): string {
  const cleaned = (text ?? '')
    .slice(0, 400)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80)
    .trim();
  return cleaned === '' ? fallback : cleaned;
}

/** A PCI address in the kernel's form. nvidia-smi writes eight digits of domain and upper case. */
export function pciAddress(text: string | undefined): string | undefined {
  const match = /^([0-9a-f]{4,8}):([0-9a-f]{2}):([01][0-9a-f])\.([0-7])$/i.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  const [, domain = '', bus = '', device = '', part = ''] = match;
  return `${Number.parseInt(domain, 16).toString(16).padStart(4, '0')}:${bus}:${device}.${part}`.toLowerCase();
}

/** An identity as CUDA and ROCm take one in their variables: only this pattern may reach a child's environment. */
const UUID = /^GPU-(?:[0-9a-f]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A card's own identity, lower case; undefined for none, nonsense, and the zeros of a card that has none. */
export function cardUuid(text: string | undefined): string | undefined {
  const uuid = (text ?? '').trim().toLowerCase().replace(/^gpu-/, 'GPU-');
  return UUID.test(uuid) && /[1-9a-f]/.test(uuid.slice(4)) ? uuid : undefined;
}

/** What the bits of a driver's word mean, each cause by a mask of its own. */
export function causesIn(
  bits: bigint,
  mask: { readonly heat: bigint; readonly supply: bigint; readonly limit: bigint },
): readonly ThrottleCause[] {
  const found: ThrottleCause[] = [];
  if ((bits & mask.heat) !== 0n) found.push('heat');
  if ((bits & mask.supply) !== 0n) found.push('power-supply');
  if ((bits & mask.limit) !== 0n) found.push('power-limit');
  return found;
}
