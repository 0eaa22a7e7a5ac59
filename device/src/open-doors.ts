/**
 * Opens the doors of the agent for browsers and apps: one port on a Host, three inherited sockets on an appliance.
 * Separate from `doors.ts`, which knows what a door is and not which ones there are.
 */
import type { RequestListener } from 'node:http';
import type { Config } from './config.ts';
import { type Door, type DoorOptions, listenOnDescriptor, listenOnPort, makeDoor } from './doors.ts';
import type { CertificateService } from './tls/service.ts';

export interface OpenDoors {
  /** Of the port that was opened, such as `http://127.0.0.1:8831`; `undefined` when all were inherited. */
  readonly origin: string | undefined;
  /** Whether every door still takes connections. */
  isListening(): boolean;
  close(graceMs: number): Promise<void>;
}

/**
 * @param beyondSetup  whether doors that setup does not need may answer: without an owner only port 80 does
 * @param certificates  what the https door shows; it follows a change at once
 * @throws config_invalid
 */
export async function openDoors(
  config: Config,
  listener: RequestListener,
  {
    beyondSetup,
    certificates,
  }: { readonly beyondSetup: () => boolean; readonly certificates?: CertificateService | undefined },
): Promise<OpenDoors> {
  const { inherited } = config;
  const doors: Door[] = [];
  const make = (options: Omit<DoorOptions, 'maxBodyBytes'> = {}) => {
    const door = makeDoor(listener, { maxBodyBytes: config.max_body_bytes, ...options });
    doors.push(door);
    return door.server;
  };
  try {
    if (inherited.http !== undefined) await listenOnDescriptor(make(), 'http', inherited.http);
    if (inherited.https !== undefined && certificates !== undefined) {
      const tls = () => ({ key: certificates.current().keyPem, cert: certificates.current().chainPem });
      const server = make({ isOpen: beyondSetup, tls: tls() });
      if ('setSecureContext' in server) certificates.onChange(() => server.setSecureContext(tls()));
      await listenOnDescriptor(server, 'https', inherited.https);
    }
    let origin: string | undefined;
    if (inherited.api === undefined)
      origin = await listenOnPort(make(), config.listen_address, config.listen_port);
    else await listenOnDescriptor(make({ isOpen: beyondSetup }), 'api', inherited.api);
    return {
      origin,
      isListening: () => doors.every(({ server }) => server.listening),
      close: async (graceMs) => void (await Promise.all(doors.map((door) => door.close(graceMs)))),
    };
  } catch (error) {
    await Promise.all(doors.map((door) => door.close(0)));
    throw error;
  }
}
