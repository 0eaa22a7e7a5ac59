/**
 * The composition root: a configuration becomes a running agent, part by part in order.
 * The only place that makes adapters; `run.ts` runs it for a person or a service manager. Doors open before the engine is ready, so that pages can show it starting.
 */
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { displayName, type NodeId, networkName, shortNameOf } from '@b3iq/wire';
import type { ModelSummary, StatusAnswer } from '@b3iq/wire/local-api';
import device from '../package.json' with { type: 'json' };
import { ClaimService } from './claim/service.ts';
import type { Config } from './config.ts';
import { Gate, listenOnPort, listenOnSocket, makeDoor, operatorMark } from './doors.ts';
import { createEndpoint } from './endpoint/endpoint.ts';
import { createEmbeddedEngine } from './engine/embedded/engine.ts';
import type { Engine } from './engine/port.ts';
import { summaryOf } from './engine/summary.ts';
import { errorChain } from './errors.ts';
import { hardwareReader, hardwareScan, physicalCores } from './health/scan.ts';
import { readStatus } from './health/status.ts';
import { buildApp, nodeState } from './http/app.ts';
import { knownHosts } from './http/hosts.ts';
import { MulticastNeighbours } from './identity/neighbours/multicast.ts';
import { openIdentity } from './identity/open.ts';
import type { IdentityState } from './identity/types.ts';
import { startOfUtcDay } from './keys/budget.ts';
import { dailyBudgets } from './keys/daily-budgets.ts';
import { KeyRing } from './keys/key-ring.ts';
import { keyRoutes } from './keys/routes.ts';
import { installedModel } from './models/installed.ts';
import { fakeRadio } from './network/fake.ts';
import { NetworkService } from './network/service.ts';
import { systemClock } from './os/clock.ts';
import { makePrivateFolder } from './os/files.ts';
import type { Log } from './os/log.ts';
import type { Ledger } from './receipts/port.ts';
import { refusingLedger } from './receipts/refusing.ts';
import { receiptRoutes } from './receipts/routes.ts';
import { openSqliteLedger } from './receipts/sqlite-ledger.ts';
import { openSettings } from './store/settings.ts';
import { slice } from './store/slice.ts';

const PAGES = fileURLToPath(new URL('../../setup-ui/dist', import.meta.url));
/** What running answers get to end by themselves; systemd waits 90 s before it kills. */
const GRACE_MS = 5_000;

export interface RunningAgent {
  /** Such as `http://127.0.0.1:8831`. */
  readonly origin: string;
  readonly name: string;
  /** What a person who has just started it does next. */
  nextStep(): Promise<string>;
  /** Resolves when the engine is ready or has failed. */
  readonly engineStarted: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the agent of one state folder. @throws config_invalid, agent_running, store_corrupt, store_newer, store_write_failed */
export async function startAgent(config: Config, log: Log): Promise<RunningAgent> {
  const clock = systemClock;
  await makePrivateFolder(config.stateDir);
  const operator = operatorMark();
  const onControl = new Gate();
  const control = makeDoor(onControl.listener, config.max_body_bytes);
  operator.mark(control.server);
  // First of all: the socket is also what keeps two agents out of one folder.
  await listenOnSocket(control.server, join(config.stateDir, 'control.sock'));
  try {
    const identity = await openIdentity({
      stateFolder: config.stateDir,
      ...(config.credentialsDir === undefined
        ? {}
        : { credentialPath: join(config.credentialsDir, 'identity') }),
      log,
    });
    const settings = await openSettings(config.stateDir, { clock, log });
    const claim = await ClaimService.start({ store: slice(settings.store, 'claim'), clock, log });
    const radio = config.simulated_radio ? fakeRadio({ phaseMs: 700 }) : undefined;
    const network = new NetworkService({ radio, store: slice(settings.store, 'network'), clock, log });
    // The list is there when the wizard asks: a radio that is a hotspot later can no longer listen.
    if (network.hasRadio)
      network
        .scan()
        .catch((error: unknown) => log.warn('network.scan_failed', { reason: errorChain(error) }));
    const changes = new Set<() => void>();
    const changed = () => {
      for (const listener of changes) listener();
    };

    const ledger = await openLedger(config, identity, log);
    const keys = new KeyRing({ store: slice(settings.store, 'keys'), clock });
    const budgets = dailyBudgets(keys, () => ledger.usageSince(startOfUtcDay(clock.now())));
    await budgets
      .restore()
      .catch((error: unknown) => log.error('keys.usage_unknown', { reason: errorChain(error) }));
    const nodeId = identity.kind === 'ready' ? identity.identity.nodeId : identity.nodeId;
    const neighbours =
      identity.kind === 'ready' && config.announce
        ? new MulticastNeighbours({
            nodeId: identity.identity.nodeId,
            address: config.listen_address,
            clock,
            log,
          })
        : undefined;
    await neighbours?.start();
    const named = () => (nodeId === undefined ? undefined : networkName(nodeId, neighbours?.rivals() ?? []));
    const name = () => named()?.name ?? 'B3IQ';
    const hosts = knownHosts({
      shortName: 'b3iq',
      // With and without the suffix of a name that clashes: which one is announced may change while a page is open.
      names: [...config.host_names, ...(nodeId === undefined ? [] : localNames(nodeId))],
      addresses: [config.listen_address],
    });

    const engine = await makeEngine(config, log);
    engine.onChange(changed);
    const state = () =>
      nodeState({
        claim,
        identityFault: () => (identity.kind === 'ready' ? undefined : `identity-${identity.kind}`),
      });
    const endpoint = createEndpoint({
      engines: [engine],
      keys: budgets,
      ledger: {
        append: (call) => ledger.append(call).finally(changed),
      },
      clock,
      log,
      nodeState: state,
      hosts: () => hosts,
      limits: {
        maxBodyBytes: config.max_body_bytes,
        queueLength: config.queue_length,
        queueWaitMs: config.queue_wait_ms,
      },
    });

    const models = (): readonly ModelSummary[] => [summaryOf(engine)];
    const hardware = hardwareScan({
      read: hardwareReader(config.stateDir),
      engine: () => engine.state(),
      clock,
    });
    const notice = () =>
      settings.notice ?? (identity.kind === 'ready' ? (identity.notice ?? null) : identity.reason);
    const startedMs = clock.monotonicMs();
    let origin = '';
    const status = (): Promise<StatusAnswer> =>
      readStatus({
        name: name(),
        nodeId: nodeId ?? '',
        version: device.version,
        kind: config.kind,
        endpoint: `${origin}/v1`,
        state,
        owner: () => claim.ownerName(),
        uptimeS: () => (clock.monotonicMs() - startedMs) / 1000,
        models,
        requests: () => endpoint.stats(),
        receipts: () => ledger.total(),
        keysActive: () => keys.activeCount(),
        recentSpeeds: () => endpoint.stats().recentSpeeds,
        memory: () => ({ usedBytes: totalmem() - process.availableMemory(), totalBytes: totalmem() }),
        hardware,
        notice,
        nameClash: () => named()?.clash ?? false,
      });
    const stopping = new AbortController();
    const pageUrl = (path: string) => `${origin}${path}`;
    const app = buildApp({
      get name() {
        return name();
      },
      nodeId: nodeId ?? '',
      kind: config.kind,
      version: device.version,
      identityFault: () => (identity.kind === 'ready' ? undefined : `identity-${identity.kind}`),
      claim,
      network,
      models,
      hardware,
      notice,
      status,
      onStatusChange: (listener) => {
        changes.add(listener);
        return () => changes.delete(listener);
      },
      pageUrl,
      keyRoutes: keyRoutes({ keys }),
      receiptRoutes: receiptRoutes({ ledger }),
      playground: endpoint.handleAs('owner'),
      pagesDir: PAGES,
      hosts: () => hosts,
      isOperator: operator.isOperator,
      stopping: stopping.signal,
      log,
    });

    const main = makeDoor((request, response) => {
      if (!endpoint.handle(request, response)) app(request, response);
    }, config.max_body_bytes);
    origin = await listenOnPort(main.server, config.listen_address, config.listen_port);
    onControl.open(app);
    log.info('agent.started', { origin, state: state(), version: device.version });

    return {
      origin,
      name: name(),
      nextStep: async () => {
        if (state() === 'claimed') return `Your dashboard: ${origin}/`;
        if (state() !== 'unclaimed') return `Its identity cannot be used. See ${origin}/setup/`;
        // A fresh token would end the link in a page that is open right now.
        if (claim.hasLiveSecret())
          return 'Set it up with the link from before, or make a fresh one:\n  npx b3iq-host wizard url --with-token';
        return `Set it up here: ${pageUrl(`/setup/#token=${(await claim.mintToken()).token}`)}`;
      },
      engineStarted: engine.start(),
      stop: async () => {
        stopping.abort();
        await Promise.all([main.close(GRACE_MS), control.close(GRACE_MS)]);
        await neighbours?.stop();
        network.close();
        await endpoint.close();
        await engine.stop();
        await claim.close();
        await ledger.close();
        log.info('agent.stopped');
      },
    };
  } catch (error) {
    await control.close(0);
    throw error;
  }
}

/** A machine without its key signs nothing: every use of the ledger says why. */
async function openLedger(config: Config, identity: IdentityState, log: Log): Promise<Ledger> {
  if (identity.kind === 'ready')
    return openSqliteLedger({
      path: join(config.stateDir, 'ledger.sqlite'),
      identity: identity.identity,
      clock: systemClock,
      log,
    });
  return refusingLedger('identity_unavailable');
}

async function makeEngine(config: Config, log: Log): Promise<Engine> {
  const { model, path, sha256 } = await installedModel(
    config.model_file === undefined
      ? undefined
      : { path: config.model_file, contextTokens: config.model_context_tokens },
  );
  return createEmbeddedEngine({
    model,
    modelPath: path,
    ...(sha256 === undefined ? {} : { sha256 }),
    socketPath: join(config.stateDir, 'run', 'engine.sock'),
    slots: config.engine_slots,
    threads: config.engine_threads || Math.max(1, (await physicalCores()) - 1),
    log,
    clock: systemClock,
    nodePath: process.execPath,
  });
}

function localNames(nodeId: NodeId): readonly string[] {
  const short = shortNameOf(nodeId);
  return [false, true].map((clash) => `${displayName(short, nodeId, clash).toLowerCase()}.local`);
}
