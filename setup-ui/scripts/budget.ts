/**
 * Weighs the built pages: gzipped JavaScript of each against `budget.json`, and the promises in `page-rules.ts`.
 * Run by `make check` after a build. Exit code 1 names each page that is too heavy, missing, unlisted or at fault.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { faultsOf, scriptsIn } from './page-rules.ts';

const dist = new URL('../dist/', import.meta.url).pathname;
/** Page → most bytes of gzipped JavaScript. No page may ever be allowed more than 35,000. */
const budget: Readonly<Record<string, number>> = JSON.parse(
  await readFile(new URL('../budget.json', import.meta.url), 'utf8'),
);
const HARD_LIMIT = 35_000;

const files = (await readdir(dist, { recursive: true, withFileTypes: true }).catch(() => []))
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(dist.length))
  .sort();
const complaints: string[] = [];
const number = (value: number): string => value.toLocaleString('en').padStart(8);

console.log(`${'page'.padEnd(32)}${'js gzip'.padStart(8)}${'limit'.padStart(8)}${'page gzip'.padStart(11)}`);
for (const file of files) {
  if (!file.endsWith('.html')) {
    complaints.push(`${file}: only pages belong in dist; everything is folded into them`);
    continue;
  }
  const html = await readFile(join(dist, file), 'utf8');
  const bytes = gzipSync(scriptsIn(html).join('\n'), { level: 9 }).length;
  const limit = budget[file];
  console.log(
    `${file.padEnd(32)}${number(bytes)}${number(limit ?? 0)}${number(gzipSync(html, { level: 9 }).length).padStart(11)}`,
  );
  if (limit === undefined) complaints.push(`${file}: not listed in budget.json`);
  else if (bytes > Math.min(limit, HARD_LIMIT))
    complaints.push(
      `${file}: ${bytes} bytes of JavaScript gzipped, allowed are ${Math.min(limit, HARD_LIMIT)}`,
    );
  for (const fault of faultsOf(html)) complaints.push(`${file}: ${fault}`);
}
for (const file of Object.keys(budget))
  if (!files.includes(file)) complaints.push(`${file}: in budget.json but not built`);
for (const complaint of complaints) console.error(`✗ ${complaint}`);
if (complaints.length > 0) process.exitCode = 1;
