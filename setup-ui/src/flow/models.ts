/** What the page of models decides: where typed text points to, what is shown first, how far something is. Pure. */
import type { CatalogueModel, InstallModelRequest, ModelFit, ModelInstall } from '@b3iq/wire/local-api';

/** An https address, or a path of the machine; undefined for anything else. */
export function sourceIn(typed: string): InstallModelRequest['source'] | undefined {
  const text = typed.trim();
  if (/^https?:\/\/\S+$/i.test(text)) return { kind: 'url', url: text };
  return /^\/[^\0]+$/.test(text) ? { kind: 'file', path: text } : undefined;
}

/** 64 hex digits in lower case; empty text is none; undefined for anything else. */
export function sha256In(typed: string): string | undefined {
  const text = typed.trim().toLowerCase();
  return text === '' || /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

/** Whether something changes by itself, so that it is worth looking each second. */
export const isMoving = (installs: readonly ModelInstall[]): boolean =>
  installs.some(({ phase }) => phase !== 'paused' && phase !== 'failed');

export const FIT_TONES = {
  comfortable: 'ok',
  tight: 'warn',
  unknown: '',
  'does-not-fit': 'bad',
} as const satisfies Record<ModelFit['kind'], string>;

/** Not installed yet: those that may fit, those whose size nobody has published, those that cannot fit. */
export function split(models: readonly CatalogueModel[]) {
  const open = models.filter(({ state }) => state === 'available');
  const isUnsized = ({ fit, size_bytes }: CatalogueModel) => fit.kind === 'unknown' && size_bytes === null;
  return {
    offered: open.filter((model) => model.fit.kind !== 'does-not-fit' && !isUnsized(model)),
    unsized: open.filter(isUnsized),
    tooLarge: open.filter(({ fit }) => fit.kind === 'does-not-fit'),
  };
}

/** Whether the file alone, whose size is known by now, is more than models may take of the memory. */
export const isTooLarge = ({ total_bytes: total }: ModelInstall, memoryBytes: number): boolean =>
  total !== null && total > memoryBytes;

/** The one an owner who has none is offered: the first that fits well. */
export const bestOf = (models: readonly CatalogueModel[]): CatalogueModel | undefined =>
  models.find(({ state, fit }) => state === 'available' && fit.kind === 'comfortable');
