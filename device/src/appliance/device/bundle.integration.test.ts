import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../os/wait-for.ts';
import { LABEL, newMachine, startAppliance } from './rig.ts';

const SCRIPT = join(import.meta.dirname, '../../../../scripts/bundle.ts');

describe('the tree for the image', () => {
  let folder: string;
  let said: readonly string[];
  const tree = (path: string) => join(folder, 'one', path);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'b3iq-bundle-'));
    // At once, in two places: neither may show in what comes out.
    const build = async (name: string, cwd: string) =>
      (await execa(process.execPath, [SCRIPT, join(folder, name)], { cwd })).stdout.split('\n').at(-1) ?? '';
    said = await Promise.all([build('one', '/'), build('two', folder)]);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('comes out the same twice', () => {
    const digests = said.map((line) => /SHA-256 ([0-9a-f]{64})$/.exec(line)?.[1]);
    expect(digests[0]).toBeDefined();
    expect(digests[0]).toBe(digests[1]);
  });

  test('holds one file a program, and nothing of where it was built', async () => {
    const programs = await readdir(tree('usr/lib/b3iq/agent'));
    expect(programs).toEqual(
      expect.arrayContaining(['b3iq-device.mjs', 'b3iq-host.mjs', 'ledger-worker.mjs']),
    );
    const root = join(import.meta.dirname, '../../../..');
    for (const program of programs)
      expect(await readFile(tree(`usr/lib/b3iq/agent/${program}`), 'utf8')).not.toContain(root);
  });

  test('says what is in it, with versions, digests and licences', async () => {
    const bom: unknown = JSON.parse(await readFile(tree('usr/share/b3iq/sbom/bundle.cdx.json'), 'utf8'));
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      components: expect.arrayContaining([
        expect.objectContaining({
          name: 'express',
          purl: expect.stringMatching(/^pkg:npm\/express@\d/),
          hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
          licenses: [{ license: { id: 'MIT' } }],
        }),
        expect.objectContaining({ name: 'node', type: 'platform' }),
      ]),
    });
    expect(JSON.stringify(bom)).not.toContain('node-llama-cpp');
    expect(await readFile(tree('usr/share/b3iq/sbom/licences.txt'), 'utf8')).toContain('express ');
  });

  test('runs from where it lies, on its own Node: pages, claim, receipts’ thread, command line', async () => {
    const machine = await newMachine();
    const node = tree('usr/lib/b3iq/node');
    const agent = await startAppliance(machine, [node, tree('usr/lib/b3iq/agent/b3iq-device.mjs')]);
    try {
      expect((await agent.ask('http', '/setup/')).text).toContain('</html>');
      const owner = { name: 'Ada', password: 'correct horse battery' };
      const body = { secret: LABEL.claimSecret, owner };
      expect((await agent.ask('http', '/api/setup/claim', { method: 'POST', body })).status).toBe(201);
      const { stdout } = await execa(
        node,
        [tree('usr/lib/b3iq/agent/b3iq-host.mjs'), 'receipts', 'list', '--json'],
        {
          env: { B3IQ_STATE_DIR: machine.place('state') },
        },
      );
      expect(JSON.parse(stdout)).toMatchObject({ total: 0 });
      const console_ = execa(node, [tree('usr/lib/b3iq/agent/b3iq-console.mjs')], {
        env: { B3IQ_STATE_DIR: machine.place('state'), B3IQ_RUNTIME_DIR: machine.place('run') },
        reject: false,
        buffer: false,
      });
      let screen = '';
      console_.stdout.on('data', (text: Buffer) => {
        screen += text.toString();
      });
      await waitFor(() => screen.includes(LABEL.name), { timeoutMs: 10_000, what: 'the console to draw' });
      console_.kill();
      await console_;
    } finally {
      await agent.stop();
      await machine.remove();
    }
  });
});
