/**
 * The program of `b3iq-console.service`: draws name, state and the codes of setup on the machine's own screen.
 * A program of its own, with a user of its own, because it holds what the label says and nothing else may.
 */
import { join } from 'node:path';
import { processEnvironment, readConfig } from '../../config.ts';
import { readCredential } from '../../os/credentials.ts';
import { parseLabelSecrets } from './secrets.ts';
import { watchDisplay } from './watch.ts';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
const environment = processEnvironment();
const { credentialsDir, runtime_dir, stateDir } = readConfig(environment);
await watchDisplay({
  path: join(runtime_dir ?? stateDir, 'display.json'),
  secrets: parseLabelSecrets(await readCredential(credentialsDir, 'label')),
  write: (text) => process.stdout.write(text),
  signal: stop.signal,
});
