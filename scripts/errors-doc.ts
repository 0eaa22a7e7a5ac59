/** Writes docs/errors.md from the registry; with `--check`, only says whether it is fresh. */
import { readFileSync, writeFileSync } from 'node:fs';
import { ERRORS } from '../device/src/errors.ts';

const PATH = new URL('../docs/errors.md', import.meta.url);

const onAppliance = (row: object): string =>
  'appliance' in row ? ` On an appliance: ${String(row.appliance)}` : '';

/** The document's whole text. */
export function errorsDocument(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, row]) => `| \`${code}\` | ${row.status} | ${row.title} | ${row.remedy}${onAppliance(row)} |`,
  );
  return `# Errors

Every error carries a \`code\` from this list; programs branch on it, people read the sentence. Under \`/v1\` the shape is
OpenAI's with an inner \`b3iq\` object, everywhere else \`{"error":{"status","title","detail","code"}}\`. The \`detail\` says
what was expected and what came, and never holds a secret, a prompt or a file's path. 429 and 503 carry \`Retry-After\`
in whole seconds where waiting helps. A retired code is never used again.

Made from \`device/src/errors.ts\` by \`node scripts/errors-doc.ts\`.

| code | status | what happened | what to do |
|---|---|---|---|
${rows.join('\n')}

## Retired codes
None yet.
`;
}

if (import.meta.main) {
  const wanted = errorsDocument();
  if (!process.argv.includes('--check')) writeFileSync(PATH, wanted);
  else if (readFileSync(PATH, 'utf8') !== wanted) {
    process.stderr.write('docs/errors.md is not fresh: run `node scripts/errors-doc.ts`\n');
    process.exitCode = 1;
  }
}
