/** A real agent in a process and a state folder of its own, started, killed and restarted as a person or a power cut would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import type { LocalKey, NewKeyAnswer, SetupTokenAnswer, StatusAnswer } from '@b3iq/wire/local-api';
import { execa } from 'execa';

const BIN = new URL('../../device/bin/b3iq-host.mjs', import.meta.url).pathname;

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

export class TestAgent {
  readonly stateDir: string;
  readonly #environment: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;
  #output = '';
  /** Kept over restarts, so that an open page finds the machine again. */
  port = 0;

  constructor(stateDir: string, environment: Readonly<Record<string, string>>) {
    this.stateDir = stateDir;
    this.#environment = environment;
  }

  /** Starts a fresh machine and waits until it answers. */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<TestAgent> {
    const agent = new TestAgent(await mkdtemp(join(tmpdir(), 'b3iq-e2e-')), environment);
    await agent.boot();
    return agent;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  /** Everything the agent printed since it was made, logs and all. */
  get output(): string {
    return this.#output;
  }
  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('the agent is not running');
    return pid;
  }

  async boot(): Promise<void> {
    const child = spawn(process.execPath, [BIN, 'run'], {
      env: {
        PATH: process.env.PATH,
        ...this.#environment,
        B3IQ_STATE_DIR: this.stateDir,
        B3IQ_LISTEN_PORT: String(this.port),
        B3IQ_LOG_LEVEL: 'debug',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString('utf8');
      });
    await waitFor(
      async () => {
        if (child.exitCode !== null && child.exitCode !== undefined)
          throw new Error(`the agent ended: ${this.#output}`);
        const status = await this.operator<StatusAnswer>('GET', '/api/status');
        this.port = Number(new URL(status.endpoint).port);
        return true;
      },
      { timeoutMs: 30_000, what: 'the agent answers on its socket' },
    );
  }

  /** Waits until the model answers. */
  async ready(): Promise<StatusAnswer> {
    return waitFor(
      async () => {
        const status = await this.operator<StatusAnswer>('GET', '/api/status');
        // One that is loaded when it is needed answers as well.
        const canAnswer = status.models.every(({ state }) => state === 'ready' || state === 'idle');
        return status.models.length > 0 && canAnswer && status;
      },
      { timeoutMs: 60_000, what: 'the engine is ready' },
    );
  }

  /** SIGKILL: what a power cut leaves of a process. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.boot();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.stateDir, { recursive: true, force: true });
  }

  /** A call over the control socket, as the command line makes it. */
  async operator<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const call = request(
        {
          socketPath: join(this.stateDir, 'control.sock'),
          method,
          path,
          headers: {
            host: 'localhost',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
        },
        (response) => {
          let received = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            received += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text: received }));
          response.on('error', reject);
        },
      );
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T; // our own agent's answer, typed by local-api
  }

  async setupUrl(): Promise<string> {
    return (await this.operator<SetupTokenAnswer>('POST', '/api/setup/token')).url;
  }

  /** Claims without a browser. */
  async claim(owner = { name: 'Ada', password: 'correct horse battery' }): Promise<string> {
    const { token } = await this.operator<SetupTokenAnswer>('POST', '/api/setup/token');
    const answer = await this.operator<{ recovery_code: string }>('POST', '/api/setup/claim', {
      secret: token,
      owner,
    });
    return answer.recovery_code;
  }

  async newKey(limits: Partial<LocalKey> = {}): Promise<NewKeyAnswer> {
    return this.operator<NewKeyAnswer>('POST', '/api/keys', { name: 'Test', ...limits });
  }

  /** Runs `b3iq-host` beside this agent. */
  async cli(args: readonly string[], input = ''): Promise<CliResult> {
    const result = await execa(process.execPath, [BIN, ...args], {
      env: { B3IQ_STATE_DIR: this.stateDir, NO_COLOR: '1' },
      input,
      reject: false,
    });
    return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode };
  }
}
