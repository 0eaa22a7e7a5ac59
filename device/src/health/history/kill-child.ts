/**
 * A process that remembers minutes as fast as it can until it is killed; each line on stdout is a minute that was kept.
 * Separate because only a process of its own can be killed without warning. Used by the kill test alone.
 */
import { memoryLog } from '../../os/log.ts';
import { openHistory } from './ring.ts';

const [, , path = ''] = process.argv;
const history = await openHistory(path, memoryLog());
for (let minute = Date.UTC(2026, 10, 22) / 60_000; ; minute++) {
  await history.append({ minute, machine: { requests_per_minute: 1 }, gpus: [] });
  process.stdout.write(`${minute}\n`); // a pipe: written when this returns, however slow its reader
}
