/**
 * Listens on the system bus to what NetworkManager and wpa_supplicant tell everybody; calls neither.
 * Separate from the radio so that the decisions can be fed with recorded signals.
 */
import dbus from '@homebridge/dbus-native';
import type { Log } from '../../os/log.ts';
import { parseSignal } from './message.ts';
import type { Signal } from './types.ts';

/** The part of the library that is used; its own types leave most of it out. */
interface Bus {
  addMatch(rule: string, callback: (error: unknown) => void): void;
  readonly connection: {
    on(event: 'message', listener: (message: unknown) => void): void;
    on(event: 'error' | 'end', listener: (error?: unknown) => void): void;
    end(): void;
  };
}
interface Library {
  createClient(options: { readonly socket: string; readonly authMethods: readonly string[] }): Bus;
}

const SUPPLICANT = "type='signal',sender='fi.w1.wpa_supplicant1',interface='fi.w1.wpa_supplicant1.Interface'";
const RULES = [
  "type='signal',sender='org.freedesktop.NetworkManager',interface='org.freedesktop.NetworkManager.Device',member='StateChanged'",
  "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.freedesktop.NetworkManager'",
  `${SUPPLICANT},member='PropertiesChanged'`,
  `${SUPPLICANT},member='EAP'`,
  `${SUPPLICANT},member='ScanDone'`,
];

/** Restarting the bus takes a second; nothing else on the machine works meanwhile. */
const AGAIN_MS = 2_000;

export interface Signals {
  /** Calls `listener` with each signal; returns the way to stop. */
  listen(listener: (signal: Signal) => void): () => void;
  close(): void;
}

/** @param socket  of the system bus      @param againMs  until a bus that went away is asked for again */
export function systemSignals(log: Log, socket = '/run/dbus/system_bus_socket', againMs = AGAIN_MS): Signals {
  const listeners = new Set<(signal: Signal) => void>();
  let bus: Bus | undefined;
  let timer: NodeJS.Timeout | undefined;
  const tell = (signal: Signal) => {
    for (const listener of listeners) listener(signal);
  };

  function connect(): void {
    const library = dbus as unknown as Library; // its own types leave createClient out
    const client = library.createClient({ socket, authMethods: ['EXTERNAL'] });
    bus = client;
    client.connection.on('message', (message) => {
      for (const signal of parseSignal(message)) tell(signal);
    });
    const again = () => {
      if (bus !== client) return;
      bus = undefined;
      log.warn('network.bus_lost');
      timer = setTimeout(() => {
        connect();
        tell({ kind: 'manager' }); // nobody knows what was said meanwhile
      }, againMs);
    };
    client.connection.on('error', again);
    client.connection.on('end', again);
    for (const rule of RULES)
      client.addMatch(rule, (error) => {
        if (error !== null && error !== undefined) log.warn('network.signal_refused');
      });
  }
  connect();

  return {
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      clearTimeout(timer);
      const client = bus;
      bus = undefined;
      client?.connection.end();
    },
  };
}
