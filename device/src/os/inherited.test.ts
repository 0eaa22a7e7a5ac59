import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inheritedDescriptors } from './inherited.ts';

const given = (LISTEN_FDS: string, LISTEN_FDNAMES?: string, LISTEN_PID = '7') =>
  inheritedDescriptors({ LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES }, 7);

it('gives each name its descriptor, in the order they were passed', () => {
  expect(given('4', 'http:https:api:notify')).toEqual({ http: 3, https: 4, api: 5, notify: 6 });
});
it('takes nothing that is meant for another process', () => {
  expect(given('1', 'http', '8')).toEqual({});
  expect(given('1', 'http', '')).toEqual({});
  expect(inheritedDescriptors({}, 7)).toEqual({});
});
it.each(['', '-1', '1e1', 'x', '0x3', '1 ', '999'])('takes nothing from LISTEN_FDS=%j', (count) => {
  expect(given(count, 'http')).toEqual({});
});
it('takes the first of two that share a name, and none without one', () => {
  expect(given('3', 'api:api:')).toEqual({ api: 3 });
  expect(given('3')).toEqual({});
  expect(given('1', 'http:https')).toEqual({ http: 3 });
});
it('never fails, and never names a descriptor below the first', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (count, names) => {
      for (const fd of Object.values(given(count, names))) expect(fd).toBeGreaterThanOrEqual(3);
    }),
  );
});
