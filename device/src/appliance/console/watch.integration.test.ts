import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { waitFor } from '../../os/wait-for.ts';
import { formatDisplay } from './display.ts';
import { display, secrets } from './fixture.ts';
import { watchDisplay } from './watch.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A console that looks often, and what it has painted. */
async function console_(repaintEveryMs?: number) {
  const path = join(await mkdtemp(join(tmpdir(), 'b3iq-console-')), 'display.json');
  const painted: string[] = [];
  const stop = new AbortController();
  const watching = watchDisplay({
    path,
    secrets,
    write: (text) => painted.push(text),
    signal: stop.signal,
    lookEveryMs: 10,
    ...(repaintEveryMs === undefined ? {} : { repaintEveryMs }),
  });
  stops.push(async () => {
    stop.abort();
    await watching;
  });
  const shows = (text: string) =>
    waitFor(() => painted.at(-1)?.includes(text), { timeoutMs: 5_000, what: `a screen with ${text}` });
  const write = async (text: string) => {
    await writeFile(`${path}.tmp`, text);
    await rename(`${path}.tmp`, path);
  };
  return { path, painted, shows, write };
}

test('it says that the machine starts, then follows the agent, and forgets the code with the claim and the password with the setup network', async () => {
  const { painted, shows, write } = await console_();
  await shows('is starting');
  await write(formatDisplay(display));
  await shows('N7K4-2QRS');
  await write(formatDisplay({ ...display, state: 'claimed' }));
  await shows('in use');
  expect(painted.at(-1)).not.toContain('N7K4-2QRS');
  await write(formatDisplay({ ...display, state: 'claimed', hotspot_address: null }));
  await shows('not connected');
  expect(painted.at(-1)).not.toMatch(/N7K4-2QRS|abcdefghjkmn/);
  expect(painted).toHaveLength(4);
});

test('a file that is damaged or gone is an agent that starts, not a screen of yesterday', async () => {
  const { path, shows, write } = await console_();
  await write(formatDisplay(display));
  await shows('N7K4-2QRS');
  await write('{"version":1');
  await shows('is starting');
  await write(formatDisplay(display));
  await shows('N7K4-2QRS');
  await rm(path);
  await shows('is starting');
});

test('the same screen is painted again now and then, for what the kernel wrote over it', async () => {
  const { painted } = await console_(30);
  await waitFor(() => painted.length >= 3, { timeoutMs: 5_000, what: 'three paintings' });
  expect(new Set(painted).size).toBe(1);
});
