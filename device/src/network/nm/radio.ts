/**
 * The real radio: NetworkManager, told through `nmcli`, heard over the system bus.
 * Separate from its arguments (`plan.ts`), its answers (`parse.ts`) and what signals mean (`judge.ts`), which are pure.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import type { Log } from '../../os/log.ts';
import type { Radio } from '../port.ts';
import type { Link, LinkOutcome, Security } from '../types.ts';
import { authorityFiles } from './authority-files.ts';
import { onSignal, startEvidence, type Verdict } from './judge.ts';
import { type Nmcli, NmcliFailed, nmcli } from './nmcli.ts';
import {
  CONNECTION_FIELDS,
  DEVICE_FIELDS,
  type Heard,
  internetOf,
  linkOf,
  parseDevices,
  parseProfiles,
  parseScan,
  radioOf,
  SCAN_FIELDS,
  sightOf,
  stateOf,
} from './parse.ts';
import {
  HOTSPOT_ID,
  pickChannel,
  planHotspotArguments,
  planHotspotSecrets,
  planKeepArguments,
  planSecrets,
  planTrialArguments,
} from './plan.ts';
import { type Signals, systemSignals } from './signals.ts';
import type { DeviceFields } from './types.ts';

export interface NetworkManagerOptions {
  /** A folder in RAM that only the agent can enter: secrets lie there while `nmcli` reads them. */
  readonly secretsDir: string;
  /** Any folder on the disk where NetworkManager keeps its profiles: what is written there is flushed with it. */
  readonly diskDir: string;
  readonly log: Log;
  readonly tool?: Nmcli;
  readonly signals?: Signals;
  /** Between two tries of something that is not ready yet; tests have less patience. */
  readonly pauseMs?: number;
}

/** Just out of access point mode a radio may refuse to listen for a moment. */
const SCAN_TRIES = 5;
/** NetworkManager's probe needs DNS, which is there a moment after the address. */
const PROBE_TRIES = 5;
const PAUSE_MS = 1_000;

export function networkManagerRadio(options: NetworkManagerOptions): Radio {
  const tool = options.tool ?? nmcli(options.secretsDir);
  const signals = options.signals ?? systemSignals(options.log);
  const pauseMs = options.pauseMs ?? PAUSE_MS;
  const authorities = authorityFiles(options.diskDir);
  let hasTidied = false;
  let heard: readonly Heard[] = [];

  /** What is known of the radio: its name changes with the hardware, its state is told by signals. */
  let known: { readonly name: string; readonly path: string } | undefined;
  let deviceState = 0;
  /** The hotspot's profile as it lies in NetworkManager now: to open it again takes one command. */
  let hotspotProfile = '';
  let hasSwitchedOn = false;
  const stopWatching = signals.listen((news) => {
    if (news.kind === 'device' && news.path === known?.path) deviceState = news.state;
    if (news.kind === 'manager') known = undefined;
  });

  async function devices(): Promise<readonly DeviceFields[]> {
    const shown = parseDevices(await tool.run(['-t', '-e', 'no', '-f', DEVICE_FIELDS, 'device', 'show']));
    const fields = radioOf(shown);
    known =
      fields === undefined
        ? undefined
        : { name: fields.get('GENERAL.DEVICE') ?? '', path: fields.get('GENERAL.DBUS-PATH') ?? '' };
    if (fields !== undefined) deviceState = stateOf(fields);
    return shown;
  }
  async function radio(): Promise<{ readonly name: string; readonly path: string }> {
    if (known === undefined) await devices();
    if (known === undefined) throw new Error('there is no Wi-Fi device');
    return known;
  }
  async function fieldsNow(): Promise<DeviceFields> {
    const fields = radioOf(await devices());
    if (fields === undefined) throw new Error('there is no Wi-Fi device');
    return fields;
  }
  /** What is not there is gone already. */
  async function unlessGone(args: readonly string[]): Promise<void> {
    await tool.run(args).catch((error: unknown) => {
      if (!(error instanceof NmcliFailed) || error.exitCode !== 10) throw error;
    });
  }
  async function remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) await unlessGone(['connection', 'delete', 'uuid', id]);
    await authorities.drop(ids);
  }
  const down = (id: string) => unlessGone(['connection', 'down', 'uuid', id]);

  /** Brings a profile up and tells what the signals said; never throws for an ordinary failure. */
  async function activate(
    id: string,
    security: Security,
    secret: string | undefined,
    onAddress: () => void,
    signal: AbortSignal,
  ): Promise<LinkOutcome> {
    const { name, path } = await radio();
    const done = new AbortController();
    let evidence = startEvidence(deviceState);
    let stop = () => {};
    const verdict = new Promise<Verdict>((resolve) => {
      stop = signals.listen((news) => {
        if (news.kind === 'device' && news.path !== path) return;
        const before = evidence;
        evidence = onSignal(evidence, news, security);
        if (evidence.isLetIn && !before.isLetIn && evidence.verdict === undefined) onAddress();
        if (evidence.verdict !== undefined) resolve(evidence.verdict);
      });
    });
    const both = AbortSignal.any([signal, done.signal]);
    const args = ['--wait', '90', 'connection', 'up', 'uuid', id, 'ifname', name];
    const running = (
      secret === undefined
        ? tool.run(args, { signal: both, timeoutMs: 95_000 })
        : tool.runWithSecret(args, secret, { signal: both, timeoutMs: 95_000 })
    ).then(
      () => undefined,
      async (): Promise<Verdict> => {
        // The tool has given up; the signal that says why may be a moment behind it, and then decides at once.
        await Promise.race([verdict, pause(pauseMs, undefined, { signal: both })]).catch(() => {});
        return evidence.verdict ?? { kind: 'failed', reason: 'refused' };
      },
    );
    try {
      const end = await Promise.race([verdict, running]);
      signal.throwIfAborted();
      if (end !== undefined) return end;
      const link = await linkOn(id);
      return link === undefined ? { kind: 'failed', reason: 'no-address' } : { kind: 'linked', link };
    } finally {
      stop();
      // The tool is also who answers for the password: it goes as soon as the answer is known.
      done.abort();
      await running;
    }
  }
  /** The link, when it is still this profile's: the tool speaks of the past. */
  async function linkOn(id: string): Promise<Link | undefined> {
    const fields = await fieldsNow();
    return fields.get('GENERAL.CON-UUID') === id ? linkOf(fields) : undefined;
  }

  return {
    simulated: false,

    async look() {
      const [shown, connections] = await Promise.all([
        devices(),
        tool.run(['-t', '-f', CONNECTION_FIELDS, 'connection', 'show']),
      ]);
      const sight = sightOf(shown, parseProfiles(connections));
      // A power cut forgets a profile that was being tried, and not the file beside it.
      if (!hasTidied) await authorities.keepOnly(sight.profiles.map(({ id }) => id));
      hasTidied = true;
      if (sight.radio === 'blocked' && !hasSwitchedOn) {
        // A switch of the operating system's, left off by whoever had the machine before; not one on its case.
        hasSwitchedOn = true;
        await tool.run(['radio', 'wifi', 'on']).catch(() => {}); // the next look shows whether it helped
      }
      return sight;
    },

    async scan(signal) {
      const { name } = await radio();
      await down(HOTSPOT_ID);
      const args = ['-t', '-f', SCAN_FIELDS, 'device', 'wifi', 'list', 'ifname', name, '--rescan', 'yes'];
      for (let tries = 1; ; tries++) {
        const found = await tool
          .run(args, { signal, timeoutMs: 30_000 })
          .then(parseScan, (error: unknown) => {
            if (tries === SCAN_TRIES || signal.aborted) throw error;
            return [];
          });
        if (found.length > 0 || tries === SCAN_TRIES) {
          heard = found;
          return found;
        }
        await pause(pauseMs, undefined, { signal });
      }
    },

    async openHotspot(hotspot, subnet, signal) {
      const { name } = await radio();
      const channel = pickChannel(heard.map(({ megahertz }) => megahertz));
      const profile = planHotspotArguments(hotspot, subnet, name, channel);
      const up = ['--wait', '50', 'connection', 'up', 'uuid', HOTSPOT_ID, 'ifname', name];
      const limits = { signal, timeoutMs: 55_000 };
      if (hotspotProfile === profile.join('\n')) {
        // NetworkManager has kept profile and password in RAM.
        const isUp = await tool.run(up, limits).then(
          () => true,
          () => false,
        );
        if (isUp) return;
        signal.throwIfAborted();
      }
      hotspotProfile = '';
      await remove([HOTSPOT_ID]);
      await tool.run(profile, { signal });
      await tool.runWithSecret(up, planHotspotSecrets(hotspot), limits);
      hotspotProfile = profile.join('\n');
    },
    closeHotspot: () => down(HOTSPOT_ID),

    async connect(profile, onAddress, signal) {
      const { name } = await radio();
      const authority = await authorities.write(profile);
      await tool.run(planTrialArguments(profile, name, authority), { signal });
      return activate(profile.id, profile.security, planSecrets(profile), onAddress, signal);
    },

    async probe(signal) {
      const enough = new AbortController();
      const limits = { signal: AbortSignal.any([signal, enough.signal]) };
      try {
        for (let tries = 0; tries < PROBE_TRIES; tries++) {
          if (tries > 0) await pause(pauseMs, undefined, limits);
          // It asks over every device and comes back with the last answer: a cable that leads nowhere takes 20 s. What it
          // found over the radio is there long before.
          const check = tool.run(['networking', 'connectivity', 'check'], limits).then(() => true);
          for (let isOver = false; !isOver; ) {
            isOver = await Promise.race([check, pause(pauseMs, false, limits)]);
            const found = internetOf(await fieldsNow());
            if (found !== 'local') return found;
          }
        }
        return 'local';
      } finally {
        enough.abort();
      }
    },

    async keep(id) {
      await tool.run(planKeepArguments(id));
      // NetworkManager renames its file into place and leaves the rest to time; our record must not be on disk before it.
      await execa('sync', ['--file-system', options.diskDir], { stdin: 'ignore', timeout: 30_000 });
    },
    forget: remove,

    reconnect: (id, signal) => activate(id, 'wpa2', undefined, () => {}, signal),

    onChange(listener) {
      return signals.listen((signal) => {
        if (signal.kind === 'device' || signal.kind === 'manager') listener();
      });
    },
    async close() {
      stopWatching();
      signals.close();
    },
  };
}
