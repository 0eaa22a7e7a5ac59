/**
 * `node bench/main.ts [PART] [--short]`: measures one part or all of them, prints each table and keeps it as JSON under
 * .cache/bench/. Ends with 1 when an aim that was judged is missed. `--short` proves that a part works and judges no time.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { isMet, type PartReport, render } from './harness/report.ts';

const PARTS: Readonly<Record<string, () => Promise<(isShort: boolean) => Promise<PartReport>>>> = {
  endpoint: async () => (await import('./parts/endpoint.ts')).endpointPart,
  streams: async () => (await import('./parts/streams.ts')).streamsPart,
  tokens: async () => (await import('./parts/tokens.ts')).tokensPart,
  budgets: async () => (await import('./parts/budgets.ts')).budgetsPart,
  'header-gate': async () => (await import('./parts/header-gate.ts')).headerGatePart,
};

const { values, positionals } = parseArgs({
  options: { short: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const wanted = positionals.length === 0 ? Object.keys(PARTS) : positionals;
const folder = new URL('../.cache/bench/', import.meta.url);
mkdirSync(folder, { recursive: true });
let isAllMet = true;
for (const name of wanted) {
  const load = PARTS[name];
  if (load === undefined) {
    console.error(`There is no part "${name}". The parts are ${Object.keys(PARTS).join(', ')}.`);
    process.exit(2);
  }
  const loadBefore = loadavg()[0] ?? 0;
  const startedAt = new Date().toISOString();
  const part = await load();
  const report = await part(values.short);
  const machine = {
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    load_average_before: loadBefore,
  };
  const kept = { part: name, started_at: startedAt, is_short: values.short, machine, ...report };
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(kept, null, 2)}\n`);
  console.log(`\n## ${report.title}\n\n${render(report, values.short)}`);
  console.log(
    `\nNode ${machine.node}, ${machine.processor}, ${machine.cores} cores, load average ${loadBefore.toFixed(2)} before.`,
  );
  isAllMet &&= report.goals.every((goal) => isMet(goal) || (values.short && goal.isExact !== true));
}
process.exit(isAllMet ? 0 : 1);
