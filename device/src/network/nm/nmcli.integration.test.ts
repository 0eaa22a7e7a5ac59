import { chmod, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NmcliFailed, nmcli } from './nmcli.ts';

/** `nmcli` in the form of a script, and a folder for its secrets. */
async function tool(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-nmcli-'));
  const program = join(folder, 'nmcli');
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
  return { folder, run: nmcli(folder, program) };
}
/** Prints each argument as hex, one a line. */
const ECHO = 'for a in "$@"; do printf "%s" "$a" | od -An -v -tx1 | tr -d " \\n"; echo; done';

describe('nmcli', () => {
  it('gets its arguments as they are, whatever they are', async () => {
    const { run } = await tool(ECHO);
    const hostile = ['--help', '$(reboot)', "'; reboot; '", 'two\nlines', '', '€'];
    const heard = await run.run(hostile);
    expect(heard.split('\n').map((hex) => Buffer.from(hex, 'hex').toString())).toEqual(hostile);
  });

  it('gets bytes that are no text as bytes', async () => {
    const { run } = await tool(ECHO);
    const name = Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x20, 0x0a, 0x27, 0x5c, 0x41);
    const heard = await run.run(['connection', 'add', '-x', name, '']);
    expect(heard.split('\n')).toEqual([
      Buffer.from('connection').toString('hex'),
      Buffer.from('add').toString('hex'),
      Buffer.from('-x').toString('hex'),
      Buffer.from(name).toString('hex'),
      '',
    ]);
  });

  it('reads a secret from a file for it alone, which is gone afterwards', async () => {
    const script = 'for file in "$@"; do :; done; stat -c %a "$file"; cat "$file"';
    const { run, folder } = await tool(script);
    const before = (await readdir(folder)).length;
    const heard = await run.runWithSecret(['connection', 'up', 'uuid', 'x'], 'k:marker\n');
    expect(heard).toBe('600\nk:marker');
    expect(await readdir(folder)).toHaveLength(before);
    const failing = await tool('exit 4');
    await expect(failing.run.runWithSecret(['connection', 'up'], 'k:marker\n')).rejects.toThrow(NmcliFailed);
    expect(await readdir(failing.folder)).toHaveLength(before);
  });

  it('says how it failed and repeats neither what it was told nor what it printed', async () => {
    const { run } = await tool('echo marker-printed >&2; exit 10');
    const error = await run
      .run(['-t', 'connection', 'delete', 'uuid', 'marker-told'])
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 10, message: 'nmcli connection delete ended with status 10' });
    expect(String(error)).not.toContain('marker');
  });

  it('is bounded in time, and ends when it is given up', async () => {
    const { run } = await tool('exec sleep 30');
    const late = await run.run(['device', 'show'], { timeoutMs: 50 }).catch((e: unknown) => e);
    expect(late).toMatchObject({ exitCode: undefined, message: 'nmcli device show took too long' });
    const give = new AbortController();
    const pending = run.run(['device', 'show'], { signal: give.signal });
    give.abort(new Error('given up'));
    await expect(pending).rejects.toThrow('given up');
  });
});
