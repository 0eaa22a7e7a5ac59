/**
 * What an appliance has and a Host has not, put together: label, certificate, updates, box, captive answers, doorkeeper.
 * A composition root like `main.ts`, which calls it; separate so that a Host's start can be read without it.
 */
import { displayName, type NodeId, shortNameOf } from '@b3iq/wire';
import type { NodeState } from '@b3iq/wire/local-api';
import { type Label, parseLabelFile } from '../claim/label.ts';
import type { Config } from '../config.ts';
import type { Engine } from '../engine/port.ts';
import { CodedError } from '../errors.ts';
import { type Captive, captive } from '../http/captive.ts';
import { knownHosts } from '../http/hosts.ts';
import type { NetworkService } from '../network/service.ts';
import { type LocalAddress, localAddresses } from '../os/addresses.ts';
import type { Clock } from '../os/clock.ts';
import { readCredential } from '../os/credentials.ts';
import type { Log } from '../os/log.ts';
import type { SystemUnits } from '../os/units.ts';
import { CertificateService } from '../tls/service.ts';
import type { Display } from './console/display.ts';
import { SystemBox } from './machine/box.ts';
import { Doorkeeper, doorsOf } from './machine/doorkeeper.ts';
import type { Appliance, Updates } from './machine/port.ts';
import { selfTest } from './machine/self-test.ts';

/** What a machine's factory partition says, as far as the agent may know. */
export interface Sealed {
  readonly label: Label | undefined;
  /** WPA2 password of the setup network. */
  readonly hotspotPassword: string | undefined;
}

/**
 * Reads what was sealed; what is missing or damaged is said in the log and left out.
 * @throws identity_unavailable without the sealed key: a new one in a plain file would be another machine
 */
export async function readSealed(config: Config, log: Log): Promise<Sealed> {
  if ((await readCredential(config.credentialsDir, 'identity')) === undefined)
    throw new CodedError(
      'identity_unavailable',
      'The machine’s sealed key was not handed over by the system.',
    );
  const text = await readCredential(config.credentialsDir, 'label');
  const label = text === undefined ? undefined : parseLabelFile(text);
  if (label === undefined) log.error('label.unusable', { found: text !== undefined });
  const hotspotPassword = (await readCredential(config.credentialsDir, 'hotspot'))?.trim();
  if (hotspotPassword === undefined) log.error('hotspot.unusable');
  return { label, hotspotPassword };
}

export interface ApplianceParts {
  readonly appliance: Appliance;
  readonly certificates: CertificateService;
  readonly captive: Captive;
  /** The names and addresses this machine answers to now. */
  readonly hosts: () => ReadonlySet<string>;
  readonly doorkeeper: Doorkeeper;
  close(): Promise<void>;
}

export interface ApplianceDeps {
  readonly config: Config;
  readonly runtimeDir: string;
  readonly sealed: Sealed;
  readonly nodeId: NodeId | undefined;
  readonly name: () => string;
  readonly state: () => NodeState;
  readonly isClaimed: () => boolean;
  readonly network: NetworkService;
  readonly updates: Updates;
  readonly units: SystemUnits;
  /** An engine with the self-test model that nobody else uses, not started. */
  readonly makeSpareEngine: () => Promise<Engine>;
  readonly clock: Clock;
  readonly log: Log;
}

/** @throws store_write_failed when the machine's certificate cannot be made */
export async function assembleAppliance(deps: ApplianceDeps): Promise<ApplianceParts> {
  const { config, runtimeDir, units, clock, log, network } = deps;
  const names = localNames(deps.nodeId);
  const certificates = await CertificateService.open({ stateDir: config.stateDir, names, clock, log });
  const local = localAddresses(() => clock.monotonicMs());
  const hotspotAddress = () => network.hotspotAddress;
  /** What a browser can use: the network's own order first, then whatever else is there; not what only its own link knows. */
  const addresses = () => {
    const found = local().filter(({ linkLocal }) => !linkLocal);
    const rank = ({ family }: { readonly family: string }) => (family === 'IPv4' ? 0 : 1);
    return found
      .toSorted((a, b) => rank(a) - rank(b))
      .map(({ address }) => address)
      .filter((address) => address !== hotspotAddress())
      .slice(0, 16);
  };
  const localUrl = () => `http://${names[0]}/`;
  const display = (): Display => ({
    version: 1,
    name: deps.name(),
    state: deps.state(),
    sealed_by: deps.sealed.label?.sealed_by ?? null,
    addresses: addresses(),
    hotspot_address: hotspotAddress() ?? null,
    fingerprint_sha256: certificates.fingerprint(),
  });
  const doorkeeper = new Doorkeeper({
    runtimeDir,
    units,
    display,
    doors: () => doorsOf(deps.isClaimed(), network.isHotspotOpen),
    log,
  });
  certificates.onChange(() => void doorkeeper.follow());
  return {
    appliance: {
      box: new SystemBox({
        units,
        stateDir: config.stateDir,
        runtimeDir,
        sealedBy: deps.sealed.label?.sealed_by ?? null,
        localUrl,
        addresses,
        log,
      }),
      updates: deps.updates,
      certificates,
      selfTest: selfTest(deps.makeSpareEngine, log),
    },
    certificates,
    captive: captive(hotspotAddress),
    hosts: followHosts(local, [...config.host_names, ...announced(names)]),
    doorkeeper,
    close: async () => {
      certificates.close();
      await doorkeeper.close();
    },
  };
}

/** Made anew only when the addresses were read anew: every request asks. */
function followHosts(
  local: () => readonly LocalAddress[],
  names: readonly string[],
): () => ReadonlySet<string> {
  let of: readonly LocalAddress[] | undefined;
  let hosts: ReadonlySet<string> = new Set();
  return () => {
    const now = local();
    if (now !== of) {
      of = now;
      hosts = knownHosts({ shortName: 'b3iq', names, addresses: now.map(({ address }) => address) });
    }
    return hosts;
  };
}

/** `b3iq-n7k4.local`, and the same with the suffix of a name that clashes: which one is announced may change. */
export function localNames(nodeId: NodeId | undefined): readonly [string, ...string[]] {
  if (nodeId === undefined) return ['b3iq.local'];
  const short = shortNameOf(nodeId);
  const name = (clash: boolean) => `${displayName(short, nodeId, clash).toLowerCase()}.local`;
  return [name(false), name(true)];
}

/** Avahi adds a number of its own when somebody else on the link has the name. @see avahi-daemon.conf(5) */
function announced(names: readonly string[]): readonly string[] {
  const numbered = [2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) =>
    names.map((name) => name.replace(/\.local$/, `-${n}.local`)),
  );
  return [...names, ...numbered];
}
