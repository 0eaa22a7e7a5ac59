/** Builds the pages and starts the agent with a simulated radio; `make dev` runs it again on each change. */
import { execFileSync } from 'node:child_process';
import { runAgent } from '../device/src/run.ts';

execFileSync('npm', ['run', '--silent', 'build'], {
  cwd: new URL('../setup-ui', import.meta.url),
  stdio: 'inherit',
});
await runAgent({ environment: process.env, overrides: { simulated_radio: true, log_level: 'debug' } });
