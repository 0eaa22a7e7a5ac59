/**
 * The program of `b3iq-health.service`: says by its exit status whether this version of the system has proven itself.
 * A program of its own, because the agent cannot vouch for itself.
 */
import { processEnvironment, readConfig } from '../../config.ts';
import { checkHealth } from './check.ts';

/** Below the unit's own limit, so that the reason is told: five minutes are a model loaded by the slowest machine. */
const LIMIT_MS = 8 * 60_000;

const { controlSocket } = readConfig(processEnvironment());
const { isGood, reason } = await checkHealth({ controlSocket, pagePort: 80, limitMs: LIMIT_MS });
process.stdout.write(`${isGood ? 'good' : 'bad'}: ${reason}\n`);
process.exitCode = isGood ? 0 : 1;
