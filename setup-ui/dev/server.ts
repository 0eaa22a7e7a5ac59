/** Serves the built pages as the device does, with its Content-Security-Policy, and a fake `/api` beside them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { answerApi, type Override } from './fake-api.ts';
import { FakeMachine } from './fake-machine.ts';
import { sendJson } from './fake-route.ts';

const dist = new URL('../dist/', import.meta.url).pathname;

/** `script-src` and `style-src` by hash: what a page of ours may run, and nothing else. */
function policyFor(html: string, nextUrl: string | null): string {
  const hashes = (tag: string): string =>
    [...html.matchAll(new RegExp(`<${tag}\\b[^>]*>([\\s\\S]*?)</${tag}>`, 'g'))]
      .map(
        (match) =>
          `'sha256-${createHash('sha256')
            .update(match[1] ?? '')
            .digest('base64')}'`,
      )
      .join(' ');
  return [
    "default-src 'none'",
    `script-src ${hashes('script') || "'none'"}`,
    `style-src ${hashes('style') || "'none'"}`,
    "img-src 'self' data:",
    `connect-src 'self' ${nextUrl === null ? '' : new URL(nextUrl).origin}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function sendPage(path: string, response: ServerResponse, machine: FakeMachine): Promise<void> {
  const isKnown = /^\/(?:[a-z-]+\/)*$/.test(path);
  const found = isKnown
    ? await readFile(join(dist, path, 'index.html'), 'utf8').catch(() => undefined)
    : undefined;
  const html = found ?? (await readFile(join(dist, '404.html'), 'utf8'));
  response.writeHead(found === undefined ? 404 : 200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policyFor(html, machine.networks.next_url),
    'cache-control': 'no-cache',
  });
  response.end(html);
}

export interface Preview {
  readonly server: Server;
  machine: FakeMachine;
  /** Answers in place of the routes, keyed `METHOD /path`. */
  readonly overrides: Map<string, Override>;
}

export function buildPreview(): Preview {
  const preview: Preview = {
    machine: new FakeMachine(),
    overrides: new Map(),
    server: createServer((request, response) => {
      const { machine } = preview;
      const host = request.headers.host ?? '';
      if (machine.isOff || machine.awayHosts.has(host)) {
        request.socket.destroy();
        return;
      }
      const path = new URL(request.url ?? '/', 'http://preview').pathname;
      if (path === '/health') {
        // One machine under two names: its pages may ask whether it is there under the other.
        const headers = { 'access-control-allow-origin': request.headers.origin ?? '*' };
        sendJson(response, 200, { status: 'ok', version: '0.1.0', state: machine.setup.state }, headers);
        return;
      }
      const answer = path.startsWith('/api/')
        ? answerApi(machine, preview.overrides, request, response)
        : sendPage(path, response, machine);
      answer.catch(() => response.destroy());
    }),
  };
  return preview;
}
