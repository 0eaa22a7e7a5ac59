/**
 * The composition root: a configuration becomes a running agent, part by part in order.
 * The only place that makes adapters; `run.ts` runs it for a person or a service manager. Doors open before the engine is ready, so that pages can show it starting.
 */
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { networkName } from '@b3iq/wire';
import type { ModelSummary, StatusAnswer } from '@b3iq/wire/local-api';
import device from '../package.json' with { type: 'json' };
import { assembleAppliance, localNames, readSealed } from './appliance/assemble.ts';
import { machineFacts } from './benchmark/facts.ts';
import { openRuns } from './benchmark/open.ts';
import { BenchmarkService } from './benchmark/service.ts';
import type { Config } from './config.ts';
import { Gate, listenOnSocket, makeDoor, operatorMark } from './doors.ts';
import { createEndpoint } from './endpoint/endpoint.ts';
import { stateOfCopies } from './engine/registry/judge.ts';
import { EngineRegistry, followEach } from './engine/registry/registry.ts';
import { findOffers, USUAL_PLACES } from './engine/remote/offers.ts';
import { RemoteEngines } from './engine/remote/service.ts';
import { summariesOf } from './engine/summary.ts';
import { remedyOf } from './errors.ts';
import { EngineWatch } from './health/engines.ts';
import { openHistory } from './health/history/ring.ts';
import { machineReader } from './health/machine/machine.ts';
import { HealthMonitor } from './health/monitor.ts';
import { OtlpPush } from './health/otlp/push.ts';
import { hardwareReader, hardwareScan } from './health/scan.ts';
import { readStatus } from './health/status.ts';
import { Traffic } from './health/traffic/traffic.ts';
import { buildApp, nodeState } from './http/app.ts';
import { knownHosts } from './http/hosts.ts';
import { MulticastNeighbours } from './identity/neighbours/multicast.ts';
import { keyRoutes } from './keys/routes.ts';
import { ModelLibrary } from './models/install/library.ts';
import { ModelService } from './models/service.ts';
import { ModelStick } from './models/stick/look.ts';
import { openDoors } from './open-doors.ts';
import { openState } from './open-state.ts';
import { systemClock } from './os/clock.ts';
import { makePrivateFolder } from './os/files.ts';
import type { Log } from './os/log.ts';
import { ownFile } from './os/own-files.ts';
import { makeEngine, makeEngines, SPARE_INSTANCE } from './own-engines.ts';
import { receiptRoutes } from './receipts/routes.ts';
import { serveInstalled } from './serve-installed.ts';
import { slice } from './store/slice.ts';
import { bundleMaker } from './support/bundle.ts';
import { RecentLog } from './support/recent-log.ts';
import { makeUpdates, type Surroundings, systemSurroundings } from './surroundings.ts';

/** What running answers get to end by themselves; systemd waits 90 s before it kills. */
const GRACE_MS = 5_000;

export interface RunningAgent {
  /** Such as `http://127.0.0.1:8831`. */
  readonly origin: string;
  readonly name: string;
  /** What a person who has just started it does next. */
  nextStep(): Promise<string>;
  /** Whether every door still takes connections, for whoever watches over the agent. */
  isAlive(): boolean;
  /** Resolves when each engine is ready or has failed. */
  readonly engineStarted: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the agent of one state folder.
 * @param given  what the system does for it, in place of the real one
 * @throws config_invalid, agent_running, store_corrupt, store_newer, store_write_failed
 */
export async function startAgent(config: Config, outerLog: Log, given?: Surroundings): Promise<RunningAgent> {
  const clock = systemClock;
  const log = new RecentLog(outerLog, clock);
  await makePrivateFolder(config.stateDir);
  const surroundings = given ?? (await systemSurroundings(config, log));
  const operator = operatorMark();
  const onControl = new Gate();
  const control = makeDoor(onControl.listener, { maxBodyBytes: config.max_body_bytes });
  operator.mark(control.server);
  // First of all: the socket is also what keeps two agents out of one folder.
  await listenOnSocket(control.server, config.controlSocket);
  try {
    const sealed = config.kind === 'appliance' ? await readSealed(config, log) : undefined;
    const changes = new Set<() => void>();
    const changed = () => {
      for (const listener of changes) listener();
    };
    const {
      identity,
      nodeId,
      settings,
      claim,
      origins,
      network,
      ledger,
      keys,
      budgets,
      grants,
      stopWaiting,
    } = await openState(config, { radio: surroundings.radio, sealed, log, onChange: changed });
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
    const identityFault = () =>
      identity.kind === 'ready' ? undefined : (`identity-${identity.kind}` as const);
    const isRecovering = () => claim.step(true) === 'done' && network.isHotspotOpen;
    const state = () => nodeState({ claim, identityFault, isRecovering });
    let busyUntilMs = clock.monotonicMs();
    const idleForMs = () => {
      const { active, queued } = endpoint.stats();
      if (active + queued > 0) busyUntilMs = clock.monotonicMs();
      return clock.monotonicMs() - busyUntilMs;
    };
    const updates =
      sealed === undefined
        ? undefined
        : await makeUpdates(surroundings.units, slice(settings.store, 'update'), idleForMs, log);
    const parts =
      sealed === undefined || updates === undefined
        ? undefined
        : await assembleAppliance({
            config,
            runtimeDir: config.runtime_dir ?? config.stateDir,
            sealed,
            nodeId,
            name,
            state,
            isClaimed: () => claim.isClaimed(),
            network,
            updates,
            units: surroundings.units,
            // On the processor: no card of the owner's fails a good version.
            makeSpareEngine: () => makeEngine(selfTestOnly(config), surroundings, log, SPARE_INSTANCE, []),
            clock,
            log,
          });
    const fixedHosts = knownHosts({
      shortName: 'b3iq',
      // With and without the suffix of a name that clashes: which one is announced may change while a page is open.
      names: [...config.host_names, ...localNames(nodeId)],
      addresses: [config.listen_address],
    });
    const hosts = parts?.hosts ?? (() => fixedHosts);

    const own = await makeEngines(config, surroundings, log);
    const engines = new EngineRegistry(own.engines);
    engines.onChange(changed);
    followEach(engines, (engine) => engine.onChange(changed));
    const traffic = new Traffic();
    const endpoint = createEndpoint({
      engines,
      keys: budgets,
      ledger: {
        append: (call) => {
          traffic.note(call);
          return ledger.append(call).finally(() => {
            busyUntilMs = clock.monotonicMs();
            changed();
          });
        },
      },
      clock,
      log,
      nodeState: state,
      kind: config.kind,
      hosts,
      origins: () => origins.read(),
      limits: {
        maxBodyBytes: config.max_body_bytes,
        queueLength: config.queue_length,
        queueWaitMs: config.queue_wait_ms,
        loadWaitMs: config.load_wait_ms,
      },
    });

    const engineWatch = new EngineWatch(clock);
    followEach(engines, (engine) => engineWatch.watch(engine));
    const readMachine = machineReader(config.stateDir);
    const health = new HealthMonitor({
      read: readMachine,
      history: await openHistory(join(config.stateDir, 'health.ring'), log),
      traffic,
      engines: engineWatch,
      stats: () => endpoint.stats(),
      clock,
      log,
      version: device.version,
      kind: config.kind,
      onAlert: changed,
    });
    const otlp =
      config.otlp_endpoint === undefined
        ? undefined
        : new OtlpPush({
            endpoint: config.otlp_endpoint,
            version: device.version,
            nodeId,
            calls: () => traffic.counts(),
            clock,
            log,
          });
    const models = (): readonly ModelSummary[] => summariesOf(engines);
    const isInUse = (path: string) => path === config.model_file || installed.isBusy(path);
    const library = await ModelLibrary.open({
      folder: join(config.stateDir, 'models'),
      clock,
      log,
      isInUse,
      letGo: () => installed.follow(),
      onChange: () => {
        void installed.follow().then(changed); // never rejects
        changed();
      },
      takenNames: () => models().map(({ id }) => id),
      isLoopbackAllowed: config.models_from_loopback,
      stickFolder: config.models_stick,
    });
    const installed = await serveInstalled(config, own, { library, registry: engines }, log);
    await installed.follow();
    const readHardware = hardwareReader(config.stateDir);
    const benchmarks = new BenchmarkService({
      engines: () => engines.all(),
      stats: () => endpoint.stats(),
      read: readMachine,
      store: await openRuns(config.stateDir, clock, log),
      identity: identity.kind === 'ready' ? identity.identity : undefined,
      facts: machineFacts(readHardware),
      clock,
      log,
      version: device.version,
      kind: config.kind,
    });
    const hardware = hardwareScan({
      read: readHardware,
      engine: () => stateOfCopies(engines.all().map((engine) => engine.state())),
      clock,
    });
    // Its sentences for a Host speak of backups and commands.
    const faultOf = (reason: string) =>
      config.kind === 'appliance' ? remedyOf('identity_unavailable', 'appliance') : reason;
    const notice = () =>
      settings.notice ??
      (sealed !== undefined && sealed.label === undefined && !claim.isClaimed() ? NO_LABEL : null) ??
      (identity.kind === 'ready' ? (identity.notice ?? null) : faultOf(identity.reason));
    const startedMs = clock.monotonicMs();
    // A page on an appliance is asked for by name: its addresses come and go.
    let origin = `http://${localNames(nodeId)[0]}`;
    let endpointOrigin = `${origin}:${config.listen_port}`;
    const status = (): Promise<StatusAnswer> =>
      readStatus({
        name: name(),
        nodeId: nodeId ?? '',
        version: device.version,
        kind: config.kind,
        endpoint: `${endpointOrigin}/v1`,
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
        countsTo: otlp?.host,
        openAlerts: () => health.openAlerts(),
      });
    const remoteEngines = new RemoteEngines({
      store: slice(settings.store, 'engines'),
      keysDir: join(config.stateDir, 'engine-keys'),
      registry: engines,
      isOwn: ({ hostname, port }) =>
        port === new URL(endpointOrigin).port && hosts().has(hostname.replace(/^\[|\]$/g, '')),
      // On an appliance nothing runs that its owner started beside the agent.
      findOffers: (used) => findOffers(config.kind === 'host' ? USUAL_PLACES : [], used),
      log,
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
      identityFault,
      isRecovering,
      claim,
      network,
      appliance: parts?.appliance,
      captive: parts?.captive,
      models,
      library: new ModelService({
        library,
        ollamaFolders: config.ollamaFolders,
        stick: new ModelStick(config.models_stick, library),
        memory: own.memory,
        served: (sha256) => installed.of(sha256),
        isInUse,
      }),
      hardware,
      notice,
      status,
      health,
      benchmarks,
      origins,
      engines: remoteEngines,
      localKeys: keys,
      onStatusChange: (listener) => {
        changes.add(listener);
        return () => changes.delete(listener);
      },
      pageUrl,
      keyRoutes: keyRoutes({ keys }),
      receiptRoutes: receiptRoutes({ ledger }),
      usage: { ledger, keys: () => keys.list(), clock },
      grants,
      support: {
        grants,
        makeBundle: bundleMaker({
          version: device.version,
          nodeId,
          config,
          health,
          hardware,
          verify: () => ledger.verify(),
          keysActive: () => keys.activeCount(),
          log,
          clock,
        }),
        clock,
      },
      playground: endpoint.handleAs('owner'),
      pagesDir: ownFile('pages'),
      hosts,
      isOperator: operator.isOperator,
      stopping: stopping.signal,
      log,
    });

    const doors = await openDoors(
      config,
      (request, response) => {
        if (!endpoint.handle(request, response)) app(request, response);
      },
      {
        beyondSetup: () => config.kind === 'host' || claim.isClaimed(),
        certificates: parts?.certificates,
      },
    );
    if (doors.origin !== undefined) {
      origin = doors.origin;
      endpointOrigin = doors.origin;
    }
    onControl.open(app);
    await remoteEngines.start();
    network.start();
    updates?.start();
    health.start();
    own.watch.start();
    library.start();
    otlp?.start();
    if (parts !== undefined) {
      changes.add(() => void parts.doorkeeper.follow());
      await parts.doorkeeper.follow();
    }
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
      isAlive: () => doors.isListening() && control.server.listening,
      engineStarted: Promise.all(own.engines.map((engine) => engine.start())).then(() => undefined),
      stop: async () => {
        stopping.abort();
        updates?.close();
        stopWaiting();
        await Promise.all([doors.close(GRACE_MS), control.close(GRACE_MS)]);
        await neighbours?.stop();
        await network.close();
        await parts?.close();
        await benchmarks.close();
        await endpoint.close();
        await remoteEngines.stop();
        own.watch.close();
        await Promise.all(own.engines.map((engine) => engine.stop()));
        await installed.stop();
        await library.close();
        await otlp?.close();
        await health.close();
        await claim.close();
        await grants.close();
        await ledger.close();
        log.info('agent.stopped');
      },
    };
  } catch (error) {
    await control.close(0);
    throw error;
  }
}

const NO_LABEL =
  'The record of this machine’s label cannot be read, so its setup code cannot be checked. Start the machine again; if this stays, its factory record is damaged.';

/** The same machine without a model of its owner's. */
function selfTestOnly(config: Config): Config {
  const { model_file: _, ...rest } = config;
  return rest;
}
