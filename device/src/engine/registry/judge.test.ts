import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineState, ServedModel } from '../port.ts';
import { commonModel, computerOf, leastLoaded, stateOfCopies } from './judge.ts';

const state = (name: EngineState['name'], retryAtMs?: number): EngineState => ({
  name,
  ...(retryAtMs === undefined ? {} : { retryAtMs }),
});
const copy = (active: number, slots: number, isReady = true) => ({ active, slots, isReady });
const model = (contextTokens: number, ...capabilities: ServedModel['capabilities']): ServedModel => ({
  id: 'm',
  label: 'M',
  selfTest: false,
  contextTokens,
  sizeBytes: 1,
  capabilities,
});

describe('the state of several copies', () => {
  it('is that of the best, and of two in trouble that of the one that is back first', () => {
    expect(stateOfCopies([state('failed'), state('ready'), state('starting')]).name).toBe('ready');
    expect(stateOfCopies([state('failed'), state('stopped')]).name).toBe('failed');
    expect(stateOfCopies([state('restarting', 9), state('restarting', 5), state('restarting')])).toEqual(
      state('restarting', 5),
    );
    expect(stateOfCopies([])).toEqual({ name: 'stopped' });
  });
});

it.each([
  [{ kind: 'socket', path: '/run/engine.sock' }, undefined],
  [{ kind: 'origin', origin: 'http://127.0.0.1:11434' }, undefined],
  [{ kind: 'origin', origin: 'http://[::1]:8000' }, undefined],
  [{ kind: 'origin', origin: 'http://localhost:8000' }, undefined],
  [{ kind: 'origin', origin: 'https://gpu.local' }, 'gpu.local'],
  [{ kind: 'origin', origin: 'http://127.0.0.1.evil.example' }, '127.0.0.1.evil.example'],
] as const)('an engine at %j is on %s', (address, computer) => {
  expect(computerOf(address)).toBe(computer);
});

describe('what several copies can do', () => {
  it('is what each of them can', () => {
    expect(commonModel([model(100, 'chat', 'tools'), model(50, 'tools')])).toEqual(model(50, 'tools'));
    expect(commonModel([])).toBeUndefined();
  });
});

describe('the copy for the next call', () => {
  it('has the smallest part of its slots taken; between equals it is the first', () => {
    const [small, large] = [copy(1, 2), copy(2, 8)];
    expect(leastLoaded([small, large])).toBe(large);
    const equal = [copy(0, 4), copy(0, 4)];
    expect(leastLoaded(equal)).toBe(equal[0]);
    expect(leastLoaded([])).toBeUndefined();
  });

  it('is never one that is not ready while another is, and then none has a smaller part taken', () => {
    const some = fc.record({
      active: fc.nat(9),
      slots: fc.integer({ min: 1, max: 9 }),
      isReady: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(some, { minLength: 1 }), (copies) => {
        const chosen = leastLoaded(copies);
        const rivals = copies.filter(({ isReady }) => isReady);
        expect(rivals.length === 0 ? copies : rivals).toContain(chosen);
        if (rivals.length === 0) return;
        const part = ({ active, slots }: { active: number; slots: number }) => active / slots;
        expect(part(chosen ?? copy(99, 1))).toBeLessThanOrEqual(Math.min(...rivals.map(part)) + 1e-12);
      }),
    );
  });
});
