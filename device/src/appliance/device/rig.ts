/**
 * The agent as an appliance starts it, for tests: its real program with inherited sockets, sealed credentials and a
 * `systemctl` that only takes notes. Separate so that each suite starts from the same machine.
 */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { getCompileCacheDir } from 'node:module';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeIdOf, publicKeyOf, shortNameOf } from '@b3iq/wire';
import { formatLabelFile } from '../../claim/label.ts';
import { formatKeyFile } from '../../identity/parse.ts';
import { waitFor } from '../../os/wait-for.ts';
import { type Display, parseDisplay } from '../console/display.ts';

const SEED = new Uint8Array(32).fill(7);
const nodeId = nodeIdOf(publicKeyOf(SEED));
/** What is on its label. */
export const LABEL = {
  name: shortNameOf(nodeId),
  claimSecret: 'N7K42QRS',
  hotspotPassword: 'marker-hotspot',
};
export const LOCAL = `${LABEL.name.toLowerCase()}.local`;

export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly json: unknown;
  readonly text: string;
}
export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A fresh factory partition and data partition in one folder. */
export async function newMachine() {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-appliance-'));
  const place = (name: string) => join(folder, name);
  for (const name of ['state', 'run', 'credentials', 'bin']) await mkdir(place(name), { mode: 0o700 });
  const systemctl = async (then: string) => {
    await writeFile(place('bin/systemctl'), `#!/bin/sh\necho "$@" >>${place('systemctl.log')}\n${then}\n`);
    await chmod(place('bin/systemctl'), 0o755);
  };
  await systemctl('exit 0');
  await writeFile(place('credentials/identity'), formatKeyFile(SEED, 0));
  await writeFile(place('credentials/hotspot'), LABEL.hotspotPassword);
  const facts = {
    short_name: LABEL.name,
    node_id: nodeId,
    hotspot_ssid: LABEL.name,
    sealed_by: 'self' as const,
  };
  const seal = async (epoch: string) =>
    writeFile(
      place('credentials/label'),
      await formatLabelFile({ ...facts, claim_epoch: epoch }, LABEL.claimSecret),
    );
  await seal('first');
  return {
    folder,
    place,
    seal,
    /** From now on each step takes a second. */
    slowUnits: () => systemctl('sleep 1'),
    units: () => readFile(place('systemctl.log'), 'utf8').catch(() => ''),
    display: async (): Promise<Partial<Display>> =>
      parseDisplay(await readFile(place('run/display.json'), 'utf8')) ?? {},
    firewall: () => readFile(place('run/firewall-state'), 'utf8').catch(() => ''),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
export type MachineFolder = Awaited<ReturnType<typeof newMachine>>;

/**
 * Starts the agent on `machine`; resolves once it serves.
 * @param program  what to run: the sources unless told, or a bundle
 */
export async function startAppliance(
  machine: MachineFolder,
  program: readonly string[] = [process.execPath, join(import.meta.dirname, 'main.ts')],
) {
  const doors = { http: await listener(), https: await listener(), api: await listener() };
  const ports = { http: portOf(doors.http), https: portOf(doors.https), api: portOf(doors.api) };
  const child = spawn('sh', ['-c', 'LISTEN_PID=$$ exec "$@"', 'sh', ...program], {
    stdio: ['ignore', 'pipe', 'pipe', fdOf(doors.http), fdOf(doors.https), fdOf(doors.api)],
    env: {
      PATH: `${machine.place('bin')}:/usr/bin:/bin`,
      CREDENTIALS_DIRECTORY: machine.place('credentials'),
      LISTEN_FDS: '3',
      LISTEN_FDNAMES: 'http:https:api',
      B3IQ_KIND: 'appliance',
      B3IQ_STATE_DIR: machine.place('state'),
      B3IQ_RUNTIME_DIR: machine.place('run'),
      B3IQ_ENGINE: 'llama-server',
      B3IQ_ANNOUNCE: 'false',
      B3IQ_SIMULATED_RADIO: 'true',
      ...compileCache(),
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  const ended = new Promise<{ readonly log: string; readonly exit: number | NodeJS.Signals | null }>(
    (resolve) => {
      child.once('close', (code, signal) => resolve({ log, exit: code ?? signal }));
    },
  );
  // The sockets are the agent's now; from here they would be answered twice.
  for (const server of Object.values(doors)) server.close();

  const ask = (door: keyof typeof ports, path: string, { method = 'GET', headers = {}, body }: Ask = {}) =>
    new Promise<Heard>((resolve, reject) => {
      const bytes = body === undefined ? undefined : JSON.stringify(body);
      const sent = (door === 'https' ? httpsRequest : httpRequest)(
        {
          host: '127.0.0.1',
          port: ports[door],
          path,
          method,
          agent: false,
          rejectUnauthorized: false,
          headers: {
            host: LOCAL,
            ...(bytes === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            text += part;
          });
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(bytes);
    });

  const started = await Promise.race([
    waitFor(async () => (await machine.firewall()) !== '' && (await ask('http', '/health')).status === 200, {
      timeoutMs: 30_000,
      what: 'the agent to serve',
    }),
    ended.then((end) => end.log),
  ]);
  if (started !== true) throw new Error(`the agent ended: ${started}`);
  return {
    ask,
    ports,
    /** Ends it in order. @returns what it wrote */
    stop(signal: NodeJS.Signals = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
export type RunningAppliance = Awaited<ReturnType<typeof startAppliance>>;

/** The cache of compiled modules of whoever runs the test, so that the agent starts sooner. */
function compileCache(): { readonly NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

function listener(): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
const portOf = (server: Server): number => (server.address() as AddressInfo).port; // it listens on TCP
/** Node names the descriptor nowhere in its public face; handing one to a child is what service managers do. */
const fdOf = (server: Server): number =>
  (server as unknown as { readonly _handle: { readonly fd: number } })._handle.fd; // see above

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
