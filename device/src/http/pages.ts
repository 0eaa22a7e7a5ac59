/** Serves the machine's own pages from the folder they were built into, and nothing beside it. */
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Request, Response } from 'express';
import { CodedError } from '../errors.ts';
import type { Captive } from './captive.ts';
import { pagePolicy } from './csp.ts';
import { parsePagePath } from './page-path.ts';

export interface PageDeps {
  /** Folder of the built pages, such as `setup-ui/dist`; it may not be there yet. */
  readonly dir: string;
  readonly isClaimed: () => boolean;
  /** On the hotspot a path that is not there is a phone's probe. */
  readonly captive?: Captive | undefined;
  /** Other origins of this machine that its pages may ask whether it is there. */
  readonly others?: () => readonly string[];
}

interface Page {
  readonly stamp: string;
  readonly html: string;
  readonly policy: string;
  readonly etag: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>B3IQ</title>
<h1>The pages are not built yet</h1>
<p>The machine runs, but its pages are missing. Stop it, run <code>make run</code>, and open this address again.</p>
`;

/**
 * Answers page requests: `/` is the dashboard, or leads to `/setup/` while there is no owner, as all other pages do.
 * @throws not_found, method_not_allowed
 */
export function pages({
  dir,
  isClaimed,
  captive,
  others,
}: PageDeps): (request: Request, response: Response) => Promise<void> {
  const cache = new Map<string, Page>();

  /** The real path of a file inside the folder; a link that leads out of it does not count. */
  async function inside(path: string): Promise<string | undefined> {
    try {
      const [root, file] = await Promise.all([realpath(dir), realpath(path)]);
      return file === root || file.startsWith(root + sep) ? file : undefined;
    } catch {
      return undefined; // not there
    }
  }

  async function load(file: string): Promise<Page> {
    const { mtimeMs, size } = await stat(file);
    const stamp = `${mtimeMs}/${size}`;
    const known = cache.get(file);
    if (known?.stamp === stamp) return known;
    const html = await readFile(file, 'utf8');
    const page = {
      stamp,
      html,
      policy: pagePolicy(html, sha256, others?.()),
      etag: `"${sha256(html).slice(0, 27)}"`,
    };
    cache.set(file, page); // bounded by the files of our own build
    return page;
  }

  async function sendPage(request: Request, response: Response, file: string, status = 200): Promise<void> {
    const { html, policy, etag } = await load(file);
    response.set({ 'content-security-policy': policy, 'cache-control': 'no-cache', etag });
    if (status === 200 && request.headers['if-none-match'] === etag) response.status(304).end();
    else response.status(status).type('html').send(html);
  }

  async function notFound(request: Request, response: Response): Promise<void> {
    if (captive?.applies(request) === true) return captive.redirect(request, response);
    const page = await inside(join(dir, '404.html'));
    if (page === undefined || !request.accepts('html')) throw new CodedError('not_found');
    await sendPage(request, response, page, 404);
  }

  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new CodedError('method_not_allowed', undefined, { headers: { allow: 'GET, HEAD' } });
    const asked = parsePagePath(request.path);
    if (asked === undefined) return notFound(request, response);
    const { segments, isFolder } = asked;
    const isPage = isFolder || segments.at(-1)?.endsWith('.html') === true;
    if (isPage && !isClaimed() && segments[0] !== 'setup') return response.redirect(302, '/setup/');
    if (isPage && (await inside(join(dir, 'setup', 'index.html'))) === undefined) {
      response.status(503).type('html').send(NOT_BUILT);
      return;
    }
    const file = await inside(join(dir, ...segments, ...(isFolder ? ['index.html'] : [])));
    if (file === undefined) return notFound(request, response);
    const found = await stat(file);
    if (found.isDirectory() && !isFolder)
      return response.redirect(302, `/${segments.map(encodeURIComponent).join('/')}/`);
    if (!found.isFile()) return notFound(request, response);
    if (file.endsWith('.html')) return sendPage(request, response, file);
    // Built files carry a hash in their name, so that they can be kept; anything else is asked for again.
    const isHashed = segments[0] === '_astro';
    response.set('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    await new Promise<void>((resolve, reject) => {
      response.sendFile(file, { dotfiles: 'allow', cacheControl: false }, (error) => {
        if (error === undefined || error === null || response.headersSent) resolve();
        else reject(new CodedError('not_found', undefined, { cause: error }));
      });
    });
  };
}
