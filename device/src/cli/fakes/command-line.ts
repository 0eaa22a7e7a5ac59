/** The whole command line inside this process, against a stand-in agent on a real unix socket. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { runCli } from '../main.ts';
import { type FakeAgent, startFakeAgent } from './agent.ts';
import { drained, type FakeIoOptions, fakeIo } from './io.ts';

/** A fresh agent and an empty folder for each test of the file that calls it. */
export function commandLine() {
  let agent: FakeAgent;
  let folder: string;
  beforeEach(async () => {
    agent = await startFakeAgent();
    folder = await mkdtemp(join(tmpdir(), 'b3iq-cli-work-'));
  });
  afterEach(async () => {
    await agent.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(args: readonly string[], { input = '', env = {}, isTTY = false }: FakeIoOptions = {}) {
    const io = fakeIo({ input, env: { B3IQ_STATE_DIR: agent.stateDir, ...env }, isTTY });
    const exitCode = await runCli(args, io);
    return { exitCode, ...(await drained(io)) };
  }
  return {
    get agent(): FakeAgent {
      return agent;
    },
    get folder(): string {
      return folder;
    },
    /** Runs a command to its end. */
    start,
    /** The same, with arguments that hold no blanks. */
    host: (args: string, around: FakeIoOptions = {}) => start(args.split(' '), around),
    async file(name: string, text: string, mode = 0o600): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, text);
      await chmod(path, mode);
      return path;
    },
  };
}
