/**
 * Releases for the machine under test, and the server it finds them on.
 * Separate because making one takes a minute of compression and several tests share it.
 */
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { type UpdateManifest, updateManifest } from '@b3iq/wire';
import { readReleaseKey } from '../../release/keys.ts';
import { makeRelease } from '../../release/release.ts';
import { type Spoil, spoil } from '../../release/spoil.ts';
import { readVmConfig } from '../../vm/config.ts';
import { exists } from '../../vm/folder.ts';

const config = readVmConfig();
const KEY = fileURLToPath(new URL('../../keys/dev/update.key', import.meta.url));

export interface Release {
  readonly folder: string;
  readonly manifest: UpdateManifest;
  /** The built image it was made of. */
  readonly image: string;
}

/** The version in `image`, signed with the development key; made once for a build. */
export async function releaseOf(image: string): Promise<Release> {
  const stem = (await readdir(image)).flatMap((name) => /^(b3iq_[1-9]\d*)\.efi$/.exec(name)?.[1] ?? [])[0];
  if (stem === undefined) throw new Error(`There is no version in ${image}: \`make vm-test\` builds it.`);
  const { mtimeMs } = await stat(join(image, `${stem}.efi`));
  const folder = join(config.cache, 'releases', `${stem}-${Math.round(mtimeMs)}`);
  const kept = `${folder}.json`;
  if (await exists(kept))
    return { folder, image, manifest: updateManifest.schema.parse(JSON.parse(await readFile(kept, 'utf8'))) };
  await mkdir(folder, { recursive: true });
  const manifest = await makeRelease({
    image,
    stem,
    out: folder,
    key: readReleaseKey(KEY),
    notes: 'Made for the boot tests.',
    minimumVersion: 1,
    level: 3,
  });
  await writeFile(kept, JSON.stringify(manifest));
  return { folder, image, manifest };
}

/** The release with exactly one thing wrong. */
export async function spoiled(kind: Spoil, release: Release): Promise<string> {
  const out = `${release.folder}-${kind}`;
  const stem = basename(release.manifest.artefacts.uki.file, '.efi');
  if (!(await exists(out)))
    await spoil(kind, {
      release: release.folder,
      out,
      manifest: release.manifest,
      key: readReleaseKey(KEY),
      root: join(release.image, `${stem}.root.raw`),
    });
  return out;
}

/** Serves one folder at a time; which one may change while machines ask. */
export class ReleaseServer {
  readonly port: number;
  /** `undefined`: nothing is there, as for a machine without internet. */
  folder: string | undefined;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on('request', (request, response) => {
      const file = this.folder === undefined ? undefined : join(this.folder, basename(request.url ?? ''));
      void this.#send(file, request.headers.range, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<ReleaseServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    return new ReleaseServer(server, address.port);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #send(
    file: string | undefined,
    range: string | undefined,
    response: import('node:http').ServerResponse,
  ): Promise<void> {
    if (file === undefined || !(await exists(file))) {
      response.writeHead(404).end();
      return;
    }
    const { size } = await stat(file);
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': size - start,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${size - 1}/${size}` } : {}),
    });
    await pipeline(createReadStream(file, { start }), response);
  }
}
