import type { CatalogueModel, ModelFit, ModelInstall } from '@b3iq/wire/local-api';
import { expect, it } from 'vitest';
import { bestOf, isMoving, isTooLarge, sha256In, sourceIn, split } from './models.ts';

it('typed text is an address, a path of the machine, or neither', () => {
  expect(sourceIn(' https://a.example/m.gguf ')).toEqual({ kind: 'url', url: 'https://a.example/m.gguf' });
  expect(sourceIn('/media/stick/my model.gguf')).toEqual({
    kind: 'file',
    path: '/media/stick/my model.gguf',
  });
  for (const neither of ['', '/', 'model.gguf', 'ftp://a/b', 'https://', 'https://a b'])
    expect(sourceIn(neither)).toBeUndefined();
});

it('a hash is 64 hex digits or nothing at all', () => {
  expect(sha256In('')).toBe('');
  expect(sha256In(` ${'AB'.repeat(32)} `)).toBe('ab'.repeat(32));
  expect(sha256In('ab')).toBeUndefined();
});

it('it is worth looking while something moves', () => {
  const install = (phase: ModelInstall['phase']) => ({ phase }) as ModelInstall; // nothing else is read
  expect(isMoving([install('paused'), install('failed')])).toBe(false);
  expect(isMoving([install('paused'), install('waiting')])).toBe(true);
});

it('what fits is offered, what cannot is apart, and what is here already is neither', () => {
  const model = (id: string, kind: ModelFit['kind'], state: CatalogueModel['state'] = 'available') =>
    ({ id, state, fit: { kind }, size_bytes: 1 }) as CatalogueModel; // nothing else is read
  const models = [
    model('here', 'comfortable', 'installed'),
    model('good', 'comfortable'),
    model('open', 'unknown'),
    { ...model('unsized', 'unknown'), size_bytes: null },
    model('big', 'does-not-fit'),
  ];
  const ids = (list: readonly CatalogueModel[]) => list.map(({ id }) => id);
  expect(ids(split(models).offered)).toEqual(['good', 'open']);
  expect(ids(split(models).unsized)).toEqual(['unsized']);
  expect(ids(split(models).tooLarge)).toEqual(['big']);
  expect(bestOf(models)?.id).toBe('good');
  expect(bestOf([])).toBeUndefined();
});

it('a file is too large as soon as its size is known, and not before', () => {
  const install = (total_bytes: number | null) => ({ total_bytes }) as ModelInstall; // nothing else is read
  expect(isTooLarge(install(null), 10)).toBe(false);
  expect(isTooLarge(install(10), 10)).toBe(false);
  expect(isTooLarge(install(11), 10)).toBe(true);
});
