/** Gathers the facts and packs them. Separate from what is chosen of them, which is pure and one list. */
import { arch, cpus, release, type as systemName } from 'node:os';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HardwareScan, VerifyAnswer } from '@b3iq/wire/local-api';
import type { Config } from '../config.ts';
import { errorChain } from '../errors.ts';
import type { Health } from '../health/port.ts';
import type { Clock } from '../os/clock.ts';
import { bundleTexts } from './contents.ts';
import type { RecentLog } from './recent-log.ts';
import { tar } from './tar.ts';
import type { ConfigurationFacts, SupportFacts } from './types.ts';

const packed = promisify(gzip);
/** A point every ten minutes: a week in a picture, 300 kB before it is packed. */
const WEEK = { hours: 168, points: 1_008 } as const;

export interface BundleDeps {
  readonly version: string;
  readonly nodeId: string | undefined;
  readonly config: Config;
  readonly health: Health;
  readonly hardware: () => Promise<HardwareScan>;
  readonly verify: () => Promise<VerifyAnswer>;
  readonly keysActive: () => number;
  readonly log: RecentLog;
  readonly clock: Clock;
}

/** Makes a bundle: a gzipped ustar archive. */
export type MakeBundle = () => Promise<Uint8Array>;

/** Two at once would read the whole ledger twice: who asks while one is made gets the same. */
export function bundleMaker(deps: BundleDeps): MakeBundle {
  let making: Promise<Uint8Array> | undefined;
  return () => {
    making ??= make(deps).finally(() => {
      making = undefined;
    });
    return making;
  };
}

async function make(deps: BundleDeps): Promise<Uint8Array> {
  const texts = bundleTexts(await gather(deps));
  const files = texts.map(({ path, text }) => ({ path: `b3iq-support/${path}`, bytes: Buffer.from(text) }));
  return packed(tar(files, deps.clock.now() / 1000));
}

async function gather(deps: BundleDeps): Promise<SupportFacts> {
  const { version, nodeId, config, health, hardware, verify, keysActive, log, clock } = deps;
  const [now, week, scan, receipts] = await Promise.all([
    health.now(),
    health.history(WEEK),
    hardware(),
    verify().catch((error: unknown) => {
      log.warn('support.receipts_unreadable', { reason: errorChain(error) });
      return undefined; // a machine whose ledger is broken needs support most
    }),
  ]);
  const processors = cpus();
  return {
    versions: {
      b3iq: version,
      node: process.versions.node,
      system: systemName(),
      systemRelease: release(),
      architecture: arch(),
      kind: config.kind,
      nodeId: nodeId ?? null,
      uptimeS: process.uptime(),
      madeAt: new Date(clock.now()).toISOString(),
    },
    inventory: {
      processor: processors[0] && { model: processors[0].model.trim(), cores: processors.length },
    },
    configuration: configurationOf(config),
    hardware: scan,
    receipts,
    keysActive: keysActive(),
    now,
    week,
    alerts: health.alerts(),
    log: log.lines(),
  };
}

function configurationOf(config: Config): ConfigurationFacts {
  return {
    listens: /^(?:127\.|::1$)/.test(config.listen_address) ? 'loopback' : 'network',
    engine: config.engine,
    log_level: config.log_level ?? null,
    has_own_model: config.model_file !== undefined,
    model_context_tokens: config.model_context_tokens,
    engine_slots: config.engine_slots,
    engine_threads: config.engine_threads,
    max_body_bytes: config.max_body_bytes,
    queue_length: config.queue_length,
    queue_wait_ms: config.queue_wait_ms,
    simulated_radio: config.simulated_radio,
    announce: config.announce,
    has_otlp_endpoint: config.otlp_endpoint !== undefined,
    extra_host_names: config.host_names.length,
  };
}
