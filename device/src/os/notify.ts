/**
 * Tells the service manager how the agent is: ready, alive, stopping.
 * Node has no unix datagram socket, so systemd opens the socket for us (`OpenFile=/run/systemd/notify:notify` in the
 * unit): one write to that descriptor is one message from this very process. @see ADR 0012, sd_notify(3)
 */
import { writeSync } from 'node:fs';
import type { Log } from './log.ts';

export interface ServiceManager {
  /** Started: what depends on the agent may start now. `status` is one line for `systemctl status`. */
  ready(status: string): void;
  status(text: string): void;
  stopping(): void;
  /** Says that the agent is alive, for as long as `isAlive` says so; `undefined` when nobody watches. */
  watch(isAlive: () => boolean): void;
  close(): void;
}

/** Nobody listens: a Host in a terminal. */
export const noServiceManager: ServiceManager = {
  ready() {},
  status() {},
  stopping() {},
  watch() {},
  close() {},
};

/** Told twice as often as asked: one late timer is no fault. @see sd_watchdog_enabled(3) */
const PART_OF_WATCHDOG = 1 / 2;

/**
 * @param fd  connected to the manager's datagram socket
 * @param watchdogUs  how long it waits before it takes the agent for hung, µs; `undefined` when it does not
 */
export function systemdManager(fd: number, watchdogUs: number | undefined, log: Log): ServiceManager {
  let timer: NodeJS.Timeout | undefined;
  const say = (...lines: readonly string[]) => {
    try {
      writeSync(fd, lines.join('\n'));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      log.warn('notify.failed', { code }); // the manager will notice by itself
    }
  };
  return {
    ready: (status) => say('READY=1', `STATUS=${oneLine(status)}`),
    status: (text) => say(`STATUS=${oneLine(text)}`),
    stopping: () => say('STOPPING=1'),
    watch(isAlive) {
      if (watchdogUs === undefined) return;
      clearInterval(timer);
      const tell = () => {
        if (isAlive()) say('WATCHDOG=1');
      };
      tell();
      timer = setInterval(tell, (watchdogUs / 1_000) * PART_OF_WATCHDOG).unref();
    },
    close: () => clearInterval(timer),
  };
}

/** A line break would begin another assignment. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');
