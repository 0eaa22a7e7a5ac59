import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { waitFor } from '../../os/wait-for.ts';
import { ggufFile } from '../gate/fixtures/gguf.ts';
import { chunkHashes, modelFile, sha256Of } from './fixtures/model-file.ts';
import { CHUNK, type InstallRig, installRig } from './fixtures/rig.ts';

const rigs: InstallRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});
async function rigOf(...options: Parameters<typeof installRig>): Promise<InstallRig> {
  const rig = await installRig(...options);
  rigs.push(rig);
  return rig;
}
const file = modelFile();
const other = modelFile(250_000, 2);
const known = { sha256: sha256Of(file), sizeBytes: file.length };
const inChunks = { ...known, chunkSha256: chunkHashes(file, CHUNK) };

test('a model arrives whole, is pinned by what came, and its folder holds nothing else', async () => {
  const rig = await rigOf(file);
  const { record } = await rig.library.install({ source: rig.url });
  expect(record.modelId).toBe('tiny-model-q8_0');
  await rig.settled();
  expect((await rig.bytes()).equals(file)).toBe(true);
  expect(rig.library.models()).toMatchObject([
    {
      id: 'tiny-model-q8_0',
      sha256: known.sha256,
      sizeBytes: file.length,
      format: 'gguf',
      pinnedBy: 'first-download',
    },
  ]);
  expect(await rig.incoming()).toEqual([]);
  await expect(rig.library.install({ source: rig.url, expected: known })).rejects.toMatchObject({
    code: 'model_already_installed',
  });
});

test('a line that is cut at random bytes costs nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 1, maxLength: 6 }),
      async (cuts) => {
        const rig = await installRig(file);
        try {
          rig.server.cutAfter = (asked) => cuts[asked - 1];
          await rig.library.install({ source: rig.url });
          await rig.settled();
          expect((await rig.bytes()).equals(file)).toBe(true);
          // Each connection goes on where the one before was cut, whatever of it was still on its way.
          expect(rig.server.asked).toEqual([...rig.server.asked].sort((a, b) => a - b));
        } finally {
          await rig.close();
        }
      },
    ),
    { numRuns: 8 },
  );
});

test('a server without ranges is read again from its start and nothing is written twice', async () => {
  const rig = await rigOf(file);
  rig.server.hasRanges = false;
  rig.server.cutAfter = (asked) => (asked < 4 ? 200_000 * asked : undefined);
  await rig.library.install({ source: rig.url });
  await rig.settled();
  expect((await rig.bytes()).equals(file)).toBe(true);
  expect(rig.server.asked.length).toBe(4);
});

test.each([
  ['and says so', true],
  ['and a server that does not look at If-Range', false],
])('a file that changes on the way is never mixed: %s', async (_title, hasIfRange) => {
  const rig = await rigOf(file);
  rig.server.hasIfRange = hasIfRange;
  rig.server.cutAfter = (asked) => {
    if (asked > 1) return undefined;
    rig.server.bytes = other;
    rig.server.etag = '"two"';
    return 300_000;
  };
  // The first answer is made of the first file: it was taken before the change.
  await rig.library.install({ source: rig.url });
  await rig.settled();
  expect((await rig.bytes()).equals(other)).toBe(true);
  expect(rig.library.models()[0]?.sha256).toBe(sha256Of(other));
});

test('without any mark of its version an unknown file starts over, a known one goes on', async () => {
  const rig = await rigOf(file);
  rig.server.etag = undefined;
  rig.server.cutAfter = (asked) => (asked === 1 ? 300_000 : undefined);
  await rig.library.install({ source: rig.url });
  await rig.settled();
  expect((await rig.bytes()).equals(file)).toBe(true);
  expect(rig.server.asked.filter((first) => first === 0)).toHaveLength(2);
  const again = await rigOf(file);
  again.server.etag = undefined;
  again.server.cutAfter = (asked) => (asked === 1 ? 300_000 : undefined);
  await again.library.install({ source: again.url, expected: known });
  await again.settled();
  expect((await again.bytes()).equals(file)).toBe(true);
  expect(again.server.sentBytes).toBeLessThan(file.length + 300_000);
});

test('a wrong chunk is fetched again, alone', async () => {
  const rig = await rigOf(file);
  let spoilt = 0;
  rig.server.spoil = (piece, at) => {
    if (at === 5 * CHUNK && spoilt++ === 0) piece[7] = (piece[7] ?? 0) ^ 1;
    return piece;
  };
  await rig.library.install({ source: rig.url, expected: inChunks, chunkBytes: CHUNK });
  await rig.settled();
  expect((await rig.bytes()).equals(file)).toBe(true);
  expect(rig.library.models()[0]?.pinnedBy).toBe('manifest');
  expect(rig.server.asked).toEqual([0, 5 * CHUNK]);
});

test('a chunk that stays wrong stops the installation and every other chunk stays', async () => {
  const rig = await rigOf(file);
  const damage = (piece: Buffer, at: number) => {
    if (at === 5 * CHUNK) piece[7] = (piece[7] ?? 0) ^ 1;
    return piece;
  };
  rig.server.spoil = damage;
  const { record } = await rig.library.install({ source: rig.url, expected: inChunks, chunkBytes: CHUNK });
  await rig.settled();
  expect(rig.obstacle()).toBe('bad-chunk');
  expect(rig.server.asked).toEqual([0, 5 * CHUNK, 5 * CHUNK]);
  rig.server.spoil = undefined;
  await rig.library.act(record.id, 'resume');
  await rig.settled();
  expect((await rig.bytes()).equals(file)).toBe(true);
  expect(rig.server.asked.at(-1)).toBe(5 * CHUNK);
});

test('another file than the one asked for is deleted, and the next try begins anew', async () => {
  const rig = await rigOf(other);
  const { record } = await rig.library.install({ source: rig.url, expected: known });
  await rig.settled();
  expect(rig.obstacle()).toBe('wrong-hash');
  rig.server.bytes = file;
  await rig.library.act(record.id, 'resume');
  await rig.settled();
  expect((await rig.bytes()).equals(file)).toBe(true);
});

test('a file that shrank answers 416 and starts over', async () => {
  const rig = await rigOf(file);
  const small = modelFile(20_000);
  rig.server.cutAfter = (asked) => {
    if (asked > 1) return undefined;
    queueMicrotask(() => {
      rig.server.bytes = small;
      rig.server.etag = '"two"';
    });
    return 400_000;
  };
  await rig.library.install({ source: rig.url });
  await rig.settled();
  expect((await rig.bytes()).equals(small)).toBe(true);
});

test('what is no model is refused after some kilobytes and leaves nothing', async () => {
  const page = Buffer.concat([
    Buffer.from('<!doctype html><title>Sign in</title>'),
    Buffer.alloc(20_000_000, 32),
  ]);
  const rig = await rigOf(page);
  await rig.library.install({ source: rig.url });
  await rig.settled();
  expect(rig.obstacle()).toBe('not-a-model');
  expect(rig.server.sentBytes).toBeLessThan(10_000_000);
  const [state] = rig.library.installs();
  expect(state?.doneBytes).toBe(0);
});

test('a hostile header is refused by the gate with its sentence', async () => {
  const rig = await rigOf(ggufFile({ tensorCount: 2n ** 60n }));
  await rig.library.install({ source: rig.url });
  await rig.settled();
  expect(rig.library.installs()[0]?.record.failure).toMatchObject({
    obstacle: 'not-a-model',
    detail: expect.stringMatching(/announces/),
  });
});

test.each([
  [401, 'source-refused'],
  [404, 'source-refused'],
  [500, 'no-connection'],
  [429, 'no-connection'],
] as const)('a server that answers %i stops it as %s', async (status, obstacle) => {
  const rig = await rigOf(file);
  rig.server.instead = (_request, response) => {
    response.writeHead(status).end();
    return true;
  };
  await rig.library.install({ source: rig.url });
  await rig.settled();
  expect(rig.obstacle()).toBe(obstacle);
});

test('a server that does not say how long the file is, or says another size, is refused', async () => {
  const rig = await rigOf(file);
  rig.server.hasLength = false;
  await rig.library.install({ source: rig.url });
  await rig.settled();
  expect(rig.obstacle()).toBe('no-length');
  const wrong = await rigOf(other.subarray(0, 100_000));
  await wrong.library.install({ source: wrong.url, expected: known });
  await wrong.settled();
  expect(wrong.obstacle()).toBe('other-size');
});

test('redirects are followed a few times, not in circles, and not to where models do not come from', async () => {
  const rig = await rigOf(file);
  let hops = 3;
  rig.server.instead = (_request, response) => {
    if (hops-- <= 0) return false;
    response.writeHead(302, { location: rig.server.url }).end();
    return true;
  };
  await rig.library.install({ source: rig.url });
  await rig.settled();
  expect((await rig.bytes()).equals(file)).toBe(true);
  for (const location of ['http://192.0.2.1/model.gguf', 'https://me:secret@example.com/x', '/circle']) {
    const refused = await rigOf(file);
    refused.server.instead = (_request, response) => {
      response.writeHead(302, { location }).end();
      return true;
    };
    await refused.library.install({ source: refused.url });
    await refused.settled();
    expect(refused.obstacle()).toBe('source-refused');
  }
});

test('pause keeps what is here, resume goes on, cancel leaves nothing', async () => {
  const rig = await rigOf(file);
  rig.server.holdAfter = 7 * CHUNK + 100;
  const { record } = await rig.library.install({ source: rig.url });
  const reached = () =>
    waitFor(() => rig.library.installs()[0]?.doneBytes === rig.server.holdAfter, {
      timeoutMs: 10_000,
      what: 'the server holds back',
    });
  await reached();
  await rig.library.act(record.id, 'pause');
  expect(rig.library.installs()[0]?.phase).toBe('paused');
  await expect(rig.library.act(record.id, 'pause')).rejects.toMatchObject({ code: 'install_not_possible' });
  rig.server.holdAfter = 9 * CHUNK;
  await rig.library.act(record.id, 'resume');
  await reached();
  expect(rig.server.asked).toEqual([0, 7 * CHUNK]);
  await rig.library.act(record.id, 'cancel');
  expect(rig.library.installs()).toEqual([]);
  expect(await rig.incoming()).toEqual([]);
  await expect(rig.library.act(record.id, 'resume')).rejects.toMatchObject({ code: 'install_not_found' });
});

test.each([
  'http://example.com/a.gguf',
  'ftp://example.com/a.gguf',
  'https://ada:secret@example.com/a.gguf',
  'file:///etc/passwd',
  'nonsense',
])('%s is refused before anything is written', async (url) => {
  const rig = await rigOf(file);
  await expect(rig.library.install({ source: { kind: 'url', url } })).rejects.toMatchObject({
    code: 'model_source_refused',
  });
  expect(await rig.incoming()).toEqual([]);
});
