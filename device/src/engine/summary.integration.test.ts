import { expect, test } from 'vitest';
import { type FakeEngineOptions, startFakeEngine } from './fake.ts';
import type { Engine } from './port.ts';
import { EngineRegistry } from './registry/registry.ts';
import { summariesOf } from './summary.ts';

test('the first model is the owner’s own where there is one that can chat', async () => {
  const make = async (id: string, selfTest: boolean, more: FakeEngineOptions = {}) =>
    await startFakeEngine({ ...more, model: { id, selfTest, ...more.model } });
  const own = await make('self-test', true);
  const broken = await make('broken', false, { started: false });
  const idle = await make('idle', false);
  const far = await make('far', false);
  const reader = await make('reader', false, { model: { capabilities: ['embeddings'] } });
  idle.setState({ name: 'idle' });
  const elsewhere: Engine = { ...far.engine, address: { kind: 'origin', origin: 'http://192.0.2.7:11434' } };
  const engines = new EngineRegistry([reader.engine, elsewhere, own.engine, broken.engine]);
  const names = () => summariesOf(engines).map(({ id }) => id);
  expect(names()).toEqual(['self-test', 'far', 'reader', 'broken']);
  engines.add(idle.engine);
  expect(names()).toEqual(['idle', 'self-test', 'far', 'reader', 'broken']);
  for (const fake of [own, broken, idle, far, reader]) await fake.stop();
});
