import { keyChange, type LocalKey, newKeyRequest } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import { changesOf, emptyKeyForm, formOf, judgeKeyForm, lifeOf, requestOf } from './key-form.ts';

const NOW = 1_790_000_000_000;
const typed = {
  name: 'x',
  scopes: ['inference', 'metrics'],
  isEveryModel: false,
  models: ['m'],
  rpm: '60',
  tpd: '50,000',
  concurrency: '2',
  priority: 'background',
  lifetime: '7',
} as const;
const asked = {
  name: 'x',
  scopes: ['inference', 'metrics'],
  models: ['m'],
  requests_per_minute: 60,
  tokens_per_day: 50_000,
  concurrency: 2,
  priority: 'background',
  expires_at: new Date(NOW + 7 * 86_400_000).toISOString(),
} as const;

describe('the form of a key', () => {
  it('with only a name asks for a key without limits', () => {
    const form = { ...emptyKeyForm, name: ' Notes ' };
    expect(judgeKeyForm(form)).toEqual({});
    expect(newKeyRequest.parse(requestOf(form, NOW))).toMatchObject({
      name: 'Notes',
      models: null,
      requests_per_minute: null,
      expires_at: null,
    });
  });
  it('carries each limit in a form the wire takes', () => {
    expect(judgeKeyForm(typed)).toEqual({});
    expect(newKeyRequest.parse(requestOf(typed, NOW))).toEqual(asked);
  });
  it('names everything that is wrong at once', () => {
    const wrong = {
      ...emptyKeyForm,
      scopes: [],
      isEveryModel: false,
      rpm: '0',
      tpd: 'x',
      concurrency: '99999',
    };
    expect(judgeKeyForm(wrong)).toEqual({
      name: true,
      scopes: true,
      models: true,
      rpm: true,
      tpd: true,
      concurrency: true,
    });
  });

  const key: LocalKey = {
    ...asked,
    id: 'key_1',
    hint: 'b3iq_local_Ab3d…',
    created_at: '2026-01-01T00:00:00Z',
    last_used_at: null,
    revoked_at: null,
    tokens_today: 0,
  };
  it('filled with a key and not touched changes nothing', () => {
    for (const each of [key, { ...key, expires_at: null, models: null, tokens_per_day: null }]) {
      expect(judgeKeyForm(formOf(each))).toEqual({});
      expect(changesOf(each, requestOf(formOf(each), NOW))).toBeUndefined();
    }
  });
  it('sends what was changed and nothing else', () => {
    const form = {
      ...formOf(key),
      name: 'y',
      tpd: '',
      scopes: ['metrics', 'inference'],
      isEveryModel: true,
    } as const;
    const change = changesOf(key, requestOf(form, NOW));
    expect(keyChange.parse(change)).toEqual({ name: 'y', tokens_per_day: null, models: null });
    const longer = changesOf(key, requestOf({ ...formOf(key), lifetime: 'never' }, NOW));
    expect(longer).toEqual({ expires_at: null });
  });
});

it('tells a living key from a revoked and an expired one', () => {
  const at = new Date(NOW).toISOString();
  expect(lifeOf({ revoked_at: null, expires_at: null }, NOW)).toBe('active');
  expect(lifeOf({ revoked_at: at, expires_at: null }, NOW)).toBe('revoked');
  expect(lifeOf({ revoked_at: null, expires_at: at }, NOW)).toBe('expired');
  expect(lifeOf({ revoked_at: null, expires_at: at }, NOW - 1)).toBe('active');
});
