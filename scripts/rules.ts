/** Rules of the house that no linter knows: prints each breach and exits 1. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Rule {
  readonly what: string;
  readonly files: RegExp;
  readonly pattern: RegExp;
}

const RULES: readonly Rule[] = [
  { what: 'fakes, not module mocks', files: /\.test\.ts$/, pattern: /\bvi\.(mock|doMock)\(/ },
  {
    what: 'no skipped or focused test',
    files: /\.test\.tsx?$|contract\.ts$/,
    pattern: /\b(it|test|describe)\.(skip|only|todo)\b|\bskipIf\b/,
  },
  {
    what: 'no sleep in a test',
    files: /\.test\.tsx?$/,
    pattern: /setTimeout\(\s*(r|resolve|done)\b|\bsleep\(\d/,
  },
  {
    what: 'the environment is read in config.ts only',
    files: /^(wire|device)\/src\/(?!.*(config|\.test)\.ts).*\.ts$/,
    pattern: /process\.env\b/,
  },
  {
    what: 'no path of one machine',
    files: /\.(ts|tsx|md|sh|json|astro|css|py)$|Makefile$/,
    pattern: /(^|[\s'"`(=])\/(root|mnt|work)\//,
  },
  {
    what: 'features never import each other across programs',
    files: /^(device|setup-ui)\/src\//,
    pattern: /from '@b3iq\/(device|setup-ui|cloud|burn-in)/,
  },
];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && file !== 'scripts/rules.ts' && file !== 'package-lock.json');

let breaches = 0;
for (const file of files) {
  const rules = RULES.filter((rule) => rule.files.test(file));
  if (rules.length === 0) continue;
  const lines = readFileSync(file, 'utf8').split('\n');
  for (const rule of rules)
    for (const [index, line] of lines.entries())
      if (rule.pattern.test(line)) {
        breaches += 1;
        process.stderr.write(`${file}:${index + 1}: ${rule.what}\n`);
      }
}
process.exitCode = breaches === 0 ? 0 : 1;
