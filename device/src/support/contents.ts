/**
 * What a support bundle holds: each file, its sentence for the owner, and how it is made of facts. Pure.
 * Separate so that this one list is the whole answer to "what leaves": nothing is in a bundle that is not built here,
 * field by field. No object of the agent's is ever written out whole.
 */
import type { BundleFile, HardwareScan, HealthHistoryAnswer } from '@b3iq/wire/local-api';
import { alertsOf, plain, readingsOf } from '../health/nameless.ts';
import type { RecentLine } from './recent-log.ts';
import type { SupportFacts } from './types.ts';

interface Part extends BundleFile {
  readonly make: (facts: SupportFacts) => unknown;
}

const PARTS: readonly Part[] = [
  {
    path: 'versions.json',
    holds:
      'Versions of B3IQ, its runtime and the operating system, how long it has run, and this machine’s id.',
    make: ({ versions }) => ({
      b3iq: plain(versions.b3iq),
      node: plain(versions.node),
      system: plain(versions.system),
      system_release: plain(versions.systemRelease),
      architecture: plain(versions.architecture),
      kind: versions.kind,
      node_id: versions.nodeId,
      uptime_s: Math.floor(versions.uptimeS),
      made_at: versions.madeAt,
    }),
  },
  {
    path: 'inventory.json',
    holds: 'Processor, memory, disk size and graphics cards, as their makers call them.',
    make: ({ inventory, now }) => ({
      processor: { model: plain(inventory.processor?.model), cores: inventory.processor?.cores ?? null },
      memory_total_bytes: now.memory.total_bytes,
      disk_total_bytes: now.disk.total_bytes,
      disk_free_bytes: now.disk.free_bytes,
      graphics:
        now.gpus?.map(({ vendor, name, driver, memory_total_bytes }) => ({
          vendor,
          name: plain(name),
          driver: plain(driver),
          memory_total_bytes,
        })) ?? null,
    }),
  },
  {
    path: 'configuration.json',
    holds: 'Limits and switches: numbers, yes and no. No address, name, path or key.',
    make: ({ configuration }) => configuration,
  },
  {
    path: 'self-check.json',
    holds:
      'Which checks of the hardware pass, whether the receipts are whole, and how many keys and receipts there are.',
    make: ({ hardware, receipts, keysActive }) => ({
      hardware: checksOf(hardware),
      receipts:
        receipts === undefined
          ? null
          : {
              whole: receipts.ok,
              receipts: receipts.receipts,
              batches: receipts.batches,
              breaks_at: receipts.first_break?.seq ?? null,
            },
      keys_active: keysActive,
    }),
  },
  {
    path: 'health/now.json',
    holds:
      'Temperatures, load, memory, power, speed and the state of each engine, now. Engines are numbered, not named.',
    make: ({ now }) => readingsOf(now),
  },
  {
    path: 'health/week.json',
    holds: 'The same readings over seven days, as the health charts show them.',
    make: ({ week }) => weekOf(week),
  },
  {
    path: 'health/alerts.json',
    holds: 'Kinds and times of warnings.',
    make: ({ alerts }) => alertsOf(alerts),
  },
  {
    path: 'log.jsonl',
    holds: 'The last 500 events of the log with their numbers. No text of a message.',
    make: ({ log }) => log,
  },
];

/** What the owner is shown before anything is made. */
export const BUNDLE_FILES: readonly BundleFile[] = PARTS.map(({ path, holds }) => ({ path, holds }));
export const NEVER: readonly string[] = [
  'Prompts and answers',
  'Keys, passwords, tokens and codes, or their hashes',
  'Names: yours, your keys’, your models’, your networks’, your computer’s',
  'Addresses and file paths',
];

/** Path and text of every file. */
export function bundleTexts(
  facts: SupportFacts,
): readonly { readonly path: string; readonly text: string }[] {
  const files = PARTS.map(({ path, make }) => ({ path, text: textOf(path, make(facts)) }));
  return [{ path: 'README.txt', text: readme() }, ...files];
}

function textOf(path: string, value: unknown): string {
  if (!path.endsWith('.jsonl')) return `${JSON.stringify(value, null, 2)}\n`;
  return (value as readonly RecentLine[]).map((line) => `${JSON.stringify(line)}\n`).join(''); // the one list of lines
}

function readme(): string {
  const files = PARTS.map(({ path, holds }) => `${path}\n    ${holds}`).join('\n');
  return `A support bundle of a B3IQ machine, made for its owner.\n\n${files}\n\nNever in it:\n${NEVER.map((what) => `* ${what}`).join('\n')}\n`;
}

function checksOf({ checks }: HardwareScan) {
  return checks.map(({ id, ok }) => ({ id, ok }));
}

function weekOf({ from, to, step_s, series }: HealthHistoryAnswer): HealthHistoryAnswer {
  return { from, to, step_s, series: series.map(({ id, gpu, mean, max }) => ({ id, gpu, mean, max })) };
}
