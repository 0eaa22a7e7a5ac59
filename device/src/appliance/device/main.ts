/** The agent as the unit `b3iq-device.service` starts it. Separate from the command line, which a person starts. */
import { processEnvironment } from '../../config.ts';
import { runAgent } from '../../run.ts';

process.exitCode = await runAgent({ environment: processEnvironment() });
