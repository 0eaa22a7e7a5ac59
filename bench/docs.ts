/**
 * `node bench/docs.ts`: puts what `make bench` measured last (.cache/bench/*.json) into docs/benchmarks.md, each part
 * between its own marks. A short run is refused: it proves that a part works and measures nothing.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type PartReport, render } from './harness/report.ts';

interface Kept extends PartReport {
  readonly part: string;
  readonly started_at: string;
  readonly is_short: boolean;
  readonly machine: {
    readonly node: string;
    readonly processor: string;
    readonly cores: number;
    readonly load_average_before: number;
  };
}

const PAGE = new URL('../docs/benchmarks.md', import.meta.url);
const MARKED = /(<!-- bench ([a-z-]+) -->\n)[\s\S]*?(<!-- end -->)/g;

const page = readFileSync(PAGE, 'utf8').replaceAll(
  MARKED,
  (old: string, head: string, part: string, foot: string) => {
    const file = new URL(`../.cache/bench/${part}.json`, import.meta.url);
    if (!existsSync(file)) return old;
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept; // main.ts wrote it
    if (kept.is_short) {
      console.error(`${part}: the last run was a short one. Run \`make bench PART=${part}\`.`);
      return old;
    }
    const { node, processor, cores, load_average_before: load } = kept.machine;
    const when = `Measured on ${kept.started_at.slice(0, 10)}, Node ${node.slice(1)}, ${processor}, ${cores} cores, load average ${load.toFixed(1)} before.`;
    console.log(`${part}: written`);
    return `${head}${render(kept, false)}\n\n${when}\n${foot}`;
  },
);
writeFileSync(PAGE, page);
