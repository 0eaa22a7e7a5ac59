/** Carries one step out and tells what came of it. Separate from the loop, which decides nothing and does nothing itself. */
import { CodedError } from '../errors.ts';
import type { Store } from '../store/port.ts';
import type { Radio } from './port.ts';
import type { SetupEvent } from './state.ts';
import type { Step } from './step.ts';
import type { Hotspot, NetworkSlice } from './types.ts';

/** What a step that waits for others may take at most; the rest is bounded by the radio's own commands. */
export const STEP_LIMIT_MS: Partial<Record<Step['kind'], number>> = {
  // Both bands with their passive channels; a slow machine needs twice that.
  listen: 30_000,
  'open-hotspot': 60_000,
  // A scan, association 25 s, DHCP 45 s: what NetworkManager itself allows.
  connect: 75_000,
  probe: 20_000,
  reconnect: 75_000,
};

export interface StepDeps {
  readonly radio: Radio;
  readonly store: Store<NetworkSlice>;
  readonly hotspot: Hotspot | undefined;
  /** News on the way. */
  readonly report: (event: SetupEvent) => void;
  readonly signal: AbortSignal;
}

/** @returns what the step came to      @throws whatever the radio or the disk says; nothing has changed that a look does not show */
export async function performStep(
  step: Exclude<Step, { kind: 'rest' }>,
  { radio, store, hotspot, report, signal }: StepDeps,
): Promise<SetupEvent> {
  switch (step.kind) {
    case 'look':
      return { kind: 'looked', sight: await radio.look() };
    case 'listen':
      return { kind: 'heard', networks: await radio.scan(signal) };
    case 'open-hotspot':
      if (hotspot === undefined)
        throw new CodedError('network_unavailable', 'The label’s hotspot password cannot be read.');
      await radio.openHotspot(hotspot, step.subnet, signal);
      return { kind: 'hotspot-opened' };
    case 'close-hotspot':
      await radio.closeHotspot();
      return { kind: 'done' };
    case 'record':
      return { kind: 'recorded', slice: await store.update(() => step.slice) };
    case 'connect': {
      const outcome = await radio.connect(step.profile, () => report({ kind: 'address-sought' }), signal);
      return { kind: 'connected', outcome };
    }
    case 'probe':
      return { kind: 'probed', internet: await radio.probe(signal) };
    case 'keep':
      await radio.keep(step.id);
      return { kind: 'kept' };
    case 'forget':
      await radio.forget(step.ids);
      return { kind: 'done' };
    case 'reconnect':
      return { kind: 'reconnected', outcome: await radio.reconnect(step.id, signal) };
  }
}
