/**
 * An appliance that exists only in this process: the built pages on the preview's fake machine, under two names.
 * Stands in for the image, whose own journeys are `image/test`; here a radio costs milliseconds, not a boot.
 */
import type { AddressInfo } from 'node:net';
import { FakeMachine } from '../../setup-ui/dev/fake-machine.ts';
import { buildPreview } from '../../setup-ui/dev/server.ts';

export { PASSWORD } from '../../setup-ui/dev/fake-route.ts';

export interface PreviewMachine {
  readonly machine: FakeMachine;
  /** As a phone on the setup network asks for it; gone while the one radio does something else. */
  readonly setupUrl: string;
  /** As devices of the owner's network ask for it. */
  readonly lanUrl: string;
  /** From here on only its setup network leads to it, until it has joined another. */
  onSetupNetwork(): void;
  close(): Promise<void>;
}

export async function startPreview(): Promise<PreviewMachine> {
  const preview = buildPreview();
  await new Promise<void>((resolve) => preview.server.listen(0, '127.0.0.1', resolve));
  const { port } = preview.server.address() as AddressInfo; // listening on TCP
  const machine = new FakeMachine();
  preview.machine = machine;
  machine.asAppliance();
  machine.airTimes = { announce: 1200, away: 2500, phase: 2500 };
  const lanHost = `b3iq-n7k4.local:${port}`;
  const lanUrl = `http://${lanHost}/`;
  machine.networks = { ...machine.networks, next_url: lanUrl };
  return {
    machine,
    setupUrl: `http://127.0.0.1:${port}/`,
    lanUrl,
    onSetupNetwork: () => machine.onSetupNetwork(`127.0.0.1:${port}`, lanHost),
    close: async () => {
      preview.server.closeAllConnections();
      await new Promise<unknown>((resolve) => preview.server.close(resolve));
    },
  };
}
