import { expect, test } from 'vitest';
import { type FakeEngineOptions, startFakeEngine } from './fake.ts';
import type { Engine } from './port.ts';
import { EngineRegistry } from './registry/registry.ts';
import { summariesOf } from './summary.ts';

test('the first model is the owner’s own where there is one that can answer', async () => {
  const make = async (id: string, selfTest: boolean, more: FakeEngineOptions = {}) =>
    await startFakeEngine({ model: { id, selfTest }, ...more });
  const own = await make('self-test', true);
  const broken = await make('broken', false, { started: false });
  const idle = await make('idle', false);
  const far = await make('far', false);
  idle.setState({ name: 'idle' });
  const elsewhere: Engine = { ...far.engine, address: { kind: 'origin', origin: 'http://192.0.2.7:11434' } };
  const engines = new EngineRegistry([elsewhere, own.engine, broken.engine]);
  const names = () => summariesOf(engines).map(({ id }) => id);
  expect(names()).toEqual(['self-test', 'far', 'broken']);
  engines.add(idle.engine);
  expect(names()).toEqual(['idle', 'self-test', 'far', 'broken']);
  for (const fake of [own, broken, idle, far]) await fake.stop();
});
