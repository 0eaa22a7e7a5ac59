import { newKeyRequest } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import { emptyKeyForm, lifeOf, readKeyForm } from './key-form.ts';

const NOW = 1_790_000_000_000;

describe('the new-key form', () => {
  it('with only a name asks for a key without limits', () => {
    const read = readKeyForm({ ...emptyKeyForm, name: ' Notes ' }, NOW);
    expect(read.kind === 'ready' && newKeyRequest.parse(read.request)).toMatchObject({
      name: 'Notes',
      models: null,
      requests_per_minute: null,
      expires_at: null,
    });
  });
  it('carries each limit in a form the wire takes', () => {
    const read = readKeyForm(
      {
        ...emptyKeyForm,
        name: 'x',
        scopes: ['inference', 'metrics'],
        isEveryModel: false,
        models: ['m'],
        rpm: '60',
        tpd: '50,000',
        concurrency: '2',
        priority: 'background',
        lifetime: '7',
      },
      NOW,
    );
    expect(read.kind === 'ready' && newKeyRequest.parse(read.request)).toEqual({
      name: 'x',
      scopes: ['inference', 'metrics'],
      models: ['m'],
      requests_per_minute: 60,
      tokens_per_day: 50_000,
      concurrency: 2,
      priority: 'background',
      expires_at: new Date(NOW + 7 * 86_400_000).toISOString(),
    });
  });
  it('names everything that is wrong at once', () => {
    expect(
      readKeyForm(
        { ...emptyKeyForm, scopes: [], isEveryModel: false, rpm: '0', tpd: 'x', concurrency: '99999' },
        NOW,
      ),
    ).toEqual({
      kind: 'wrong',
      errors: { name: true, scopes: true, models: true, rpm: true, tpd: true, concurrency: true },
    });
  });
});

it('tells a living key from a revoked and an expired one', () => {
  const at = new Date(NOW).toISOString();
  expect(lifeOf({ revoked_at: null, expires_at: null }, NOW)).toBe('active');
  expect(lifeOf({ revoked_at: at, expires_at: null }, NOW)).toBe('revoked');
  expect(lifeOf({ revoked_at: null, expires_at: at }, NOW)).toBe('expired');
  expect(lifeOf({ revoked_at: null, expires_at: at }, NOW - 1)).toBe('active');
});
