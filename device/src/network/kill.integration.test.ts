import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { memoryLog } from '../os/log.ts';
import { waitFor } from '../os/wait-for.ts';
import { openSettings } from '../store/settings.ts';
import { slice } from '../store/slice.ts';
import { type FakeRadio, fakeRadio } from './fake.ts';
import { FakeTime } from './fakes/fake-time.ts';
import type { ChildAsks, ParentSays } from './fakes/kill-messages.ts';
import { hex } from './fakes/test-rig.ts';
import type { Radio } from './port.ts';
import { NetworkService } from './service.ts';
import type { Profile } from './types.ts';

const CHILD = join(import.meta.dirname, 'fakes', 'kill-child.ts');
const hotspot = { ssid: 'B3IQ-N7K4', password: 'a label password' };
const never = new AbortController().signal;
/** `during`: the act goes on while the process is already dead. */
const MOMENTS = ['before', 'during', 'after'] as const;
type Moment = (typeof MOMENTS)[number];

/** The agent's network over `radio` and the settings in `dir`, in this process. */
async function agent(dir: string, radio: Radio) {
  const time = new FakeTime();
  const parts = { clock: time, log: memoryLog() };
  const store = slice((await openSettings(dir, parts)).store, 'network');
  const owner = () => ({ isClaimed: true, isSettled: true });
  const service = new NetworkService({ ...parts, radio, store, hotspot, sleep: time.sleep, owner });
  service.start();
  const until = (what: string, is: () => boolean) =>
    waitFor(() => is() || time.advance(1_000), { timeoutMs: 10_000, what, everyMs: 1 });
  return { service, store, until, answer: () => service.answer() };
}

/** A machine that knows Maple and uses it. */
async function settled() {
  const dir = await mkdtemp(join(tmpdir(), 'b3iq-killed-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const radio = fakeRadio();
  const { service, store, until, answer } = await agent(dir, radio);
  await until('the setup network', () => answer().hotspot?.up === true);
  service.join({ ssid_hex: hex('Maple'), password: 'correct horse' });
  await until('Maple', () => answer().current?.ssid === 'Maple' && store.read().trial === null);
  await service.close();
  return { dir, radio };
}

/** Lets a process join Linden and kills it at its `cutAt`th act. @returns the act, undefined when there were fewer */
async function joinAndKill(
  dir: string,
  radio: FakeRadio,
  cutAt: number,
  moment: Moment,
): Promise<string | undefined> {
  const child = fork(CHILD, [dir], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  const say = (said: ParentSays) => {
    if (child.connected) child.send(said);
  };
  const stopListening = radio.onChange(() => say({ kind: 'changed' }));
  let count = Number.NEGATIVE_INFINITY; // from `begin` on
  let killedAt: string | undefined;
  let acting: Promise<void> = Promise.resolve();
  const kill = (name: string | undefined) => {
    killedAt ??= name;
    child.kill('SIGKILL');
  };
  async function perform({ id, name, args }: ChildAsks): Promise<void> {
    if (name === 'over') return kill(undefined);
    if (name === 'begin') count = 0;
    else if (name !== 'look' && name !== 'recorded') count++;
    const isCut = count === cutAt && name !== 'look';
    if (isCut && moment === 'before' && name !== 'recorded') return kill(name);
    const isAct = name !== 'begin' && name !== 'record' && name !== 'recorded';
    const result = isAct ? act(radio, name, args, () => say({ kind: 'address' })) : undefined;
    // A write is the process's own: it is killed in the middle of it, or once it says that it is through.
    if (isCut && moment === 'during' && name !== 'recorded') {
      say({ kind: 'done', id, value: undefined });
      kill(name);
    }
    const value = await result;
    if (isCut && moment === 'after' && name !== 'record') return kill(name === 'recorded' ? 'record' : name);
    say({ kind: 'done', id, value });
  }
  child.on('message', (asks: ChildAsks) => {
    acting = acting.then(() => perform(asks)).catch(() => say({ kind: 'failed', id: asks.id }));
  });
  await gone;
  await acting;
  stopListening();
  return killedAt;
}

/** What the child asks of the radio. The arguments were a `Radio`'s on the other side. */
function act(
  radio: Radio,
  name: Exclude<ChildAsks['name'], 'begin' | 'over' | 'record' | 'recorded'>,
  args: readonly unknown[],
  onAddress: () => void,
): Promise<unknown> {
  const [first, second] = args;
  switch (name) {
    case 'connect':
      return radio.connect(first as Profile, onAddress, never); // as sent
    case 'openHotspot':
      return radio.openHotspot(hotspot, String(second), never);
    case 'keep':
      return radio.keep(String(first));
    case 'forget':
      return radio.forget(first as readonly string[]); // as sent
    case 'reconnect':
      return radio.reconnect(String(first), never);
    case 'look':
    case 'closeHotspot':
      return radio[name]();
    case 'scan':
    case 'probe':
      return radio[name](never);
  }
}

it('an agent killed at any act of a join comes back on the old network or the new one, and says which', {
  timeout: 300_000,
}, async () => {
  const killedAt = new Set<string>();
  for (const moment of MOMENTS)
    for (let cutAt = 1; ; cutAt++) {
      const { dir, radio } = await settled();
      const act = await joinAndKill(dir, radio, cutAt, moment);
      if (act === undefined) break;
      killedAt.add(act);
      const seen = `killed ${moment} act ${cutAt}, ${act}`;
      // Every other time the power is gone with it, and with that whatever the radio had not kept.
      if (cutAt % 2 === 0) radio.cutPower();
      const after = await agent(dir, radio);
      const wasOpen = after.store.read().trial !== null;
      await after.until(`${seen}: a network in use`, () => {
        return after.store.read().trial === null && after.answer().current !== null;
      });
      await after.until(`${seen}: one profile`, () => radio.kept().length === 1);
      const { intent, failed } = after.store.read();
      const name = intent?.ssid_hex === hex('Linden') ? 'Linden' : 'Maple';
      expect([seen, after.answer().current?.ssid]).toEqual([seen, name]);
      expect([seen, radio.kept().map(({ id }) => id)]).toEqual([seen, [intent?.profile_id]]);
      const told = wasOpen && name === 'Maple' ? 'interrupted' : undefined;
      expect([seen, failed?.reason]).toEqual([seen, told]);
      await after.service.close();
    }
  expect([...killedAt].sort()).toEqual(['connect', 'forget', 'keep', 'probe', 'record']);
});
