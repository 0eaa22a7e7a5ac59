/** The peers in front of the same upstream, started as their makers say, with nothing on. Separate: they are not ours. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CORES, freePort, type Server, startProgram, untilListening } from '../harness/processes.ts';

export interface Peer extends Server {
  /** Sent with each call. */
  readonly headers: Readonly<Record<string, string>>;
}

const NGINX = ['nginx', '/usr/sbin/nginx'].find(
  (path) => spawnSync(path, ['-v'], { stdio: 'ignore' }).error === undefined,
);

/** nginx as a pass-through of one process with kept connections. @returns undefined where it is not installed */
export async function startNginx(upstream: string): Promise<Peer | undefined> {
  if (NGINX === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'b3iq-nginx-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'temp'));
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), nginxConfig(folder, port, new URL(upstream).host));
  const child = startProgram(NGINX, ['-p', folder, '-c', join(folder, 'nginx.conf')], CORES.server);
  await untilListening(child, port);
  return { child, origin: `http://127.0.0.1:${port}`, headers: {} };
}

function nginxConfig(folder: string, port: number, upstream: string): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${folder}/temp/${kind};`,
  );
  return `daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
${temp.join('\n')}
  keepalive_requests 1000000000;
  upstream engine { server ${upstream}; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://engine;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`;
}

/** Portkey's gateway, to the same upstream as an OpenAI provider of one's own host. */
export async function startPortkey(upstream: string): Promise<Peer> {
  const entry = createRequire(import.meta.url).resolve('@portkey-ai/gateway/build/start-server.js');
  const port = await freePort();
  const child = startProgram(process.execPath, [entry, `--port=${port}`, '--headless'], CORES.server, {
    NODE_ENV: 'production',
  });
  await untilListening(child, port);
  return {
    child,
    origin: `http://127.0.0.1:${port}`,
    headers: {
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstream}/v1`,
      authorization: 'Bearer none',
    },
  };
}
