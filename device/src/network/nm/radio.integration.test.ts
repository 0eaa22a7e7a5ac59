import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryLog } from '../../os/log.ts';
import { profileFor, radioContract } from '../contract.ts';
import type { Profile } from '../types.ts';
import { fakeManager } from './fake-manager.ts';
import { type Nmcli, NmcliFailed } from './nmcli.ts';
import { networkManagerRadio } from './radio.ts';

async function make() {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-radio-'));
  const { commands, ...manager } = fakeManager();
  const radio = networkManagerRadio({
    secretsDir: folder,
    diskDir: folder,
    log: memoryLog(),
    pauseMs: 5,
    ...manager,
  });
  return { radio, commands, folder };
}

describe('NetworkManager as a radio', () => {
  radioContract(make);

  it('is asked for networks’ names in hex alone, and given passwords in no command', async () => {
    const { radio, commands } = await make();
    const never = new AbortController().signal;
    await radio.scan(never);
    await radio.openHotspot({ ssid: 'B3IQ-N7K4', password: 'marker-hotspot' }, '10.42.0.0/24', never);
    await radio.connect(profileFor('Maple', { password: 'marker-password' }), () => {}, never);
    const all = commands.join('\n');
    expect(all).not.toContain('marker');
    expect(all).toContain('-f SSID-HEX,SIGNAL,');
    expect(all).not.toMatch(/-f \S*\bSSID\b(?!-HEX)/);
    await radio.close();
  });

  it('names a company’s authority by a file that lives as long as its profile', async () => {
    const { radio, commands, folder } = await make();
    const never = new AbortController().signal;
    const enterprise = { identity: 'ada', eap: 'peap', authority: 'PEM of ours', serverDomain: undefined };
    const office = profileFor('Office', { security: 'enterprise', enterprise } as Partial<Profile>);
    const files = () => readdir(join(folder, 'network-authorities'));
    expect(await radio.connect(office, () => {}, never)).toMatchObject({ kind: 'linked' });
    const path = join(folder, 'network-authorities', `${office.id}.pem`);
    expect(commands.join('\n')).toContain(`802-1x.ca-cert ${path}`);
    expect(commands.join('\n')).not.toContain('PEM of ours');
    expect(await readFile(path, 'utf8')).toBe('PEM of ours');
    await writeFile(join(folder, 'network-authorities', 'left-over.pem'), 'a try before the power failed');
    await radio.look();
    expect(await files()).toEqual([`${office.id}.pem`]);
    await radio.forget([office.id]);
    expect(await files()).toEqual([]);
    await radio.close();
  });

  it('knows of the internet over the radio before a cable that leads nowhere has been given up', async () => {
    const { tool, signals } = fakeManager();
    const asked: AbortSignal[] = [];
    const run: Nmcli['run'] = (args, options = {}) =>
      args.includes('check') && options.signal !== undefined
        ? new Promise((_, reject) => {
            asked.push(options.signal as AbortSignal); // looked at a line above
            options.signal?.addEventListener('abort', () => reject(new Error('given up')));
          })
        : tool.run(args, options);
    const folder = await mkdtemp(join(tmpdir(), 'b3iq-radio-'));
    const radio = networkManagerRadio({
      secretsDir: folder,
      diskDir: folder,
      log: memoryLog(),
      pauseMs: 5,
      tool: { ...tool, run },
      signals,
    });
    const never = new AbortController().signal;
    await radio.connect(profileFor('Maple'), () => {}, never);
    expect(await radio.probe(never)).toBe('full');
    expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
    await radio.close();
  });

  it('switches a radio on that was left off, once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'b3iq-radio-'));
    const { tool, signals } = fakeManager();
    const said: string[] = [];
    const asleep = {
      ...tool,
      run: async (args: readonly unknown[]) => {
        said.push(args.join(' '));
        return args.includes('device')
          ? 'GENERAL.DEVICE:wlan0\nGENERAL.TYPE:wifi\nGENERAL.STATE:20 (unavailable)\n'
          : '';
      },
    };
    const options = { secretsDir: folder, diskDir: folder, log: memoryLog(), tool: asleep, signals };
    const radio = networkManagerRadio(options);
    expect((await radio.look()).radio).toBe('blocked');
    await radio.look();
    expect(said.filter((line) => line === 'radio wifi on')).toHaveLength(1);
    await radio.close();
  });

  it('says that there is no radio', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'b3iq-radio-'));
    const { tool, signals } = fakeManager();
    const none = { ...tool, run: async () => '' };
    const radio = networkManagerRadio({
      secretsDir: folder,
      diskDir: folder,
      log: memoryLog(),
      tool: none,
      signals,
    });
    expect((await radio.look()).radio).toBe('missing');
    await expect(radio.scan(new AbortController().signal)).rejects.toThrow('no Wi-Fi device');
    await radio.close();
  });

  it('opens a hotspot again with one command and without its password', async () => {
    const { radio, commands } = await make();
    const never = new AbortController().signal;
    const hotspot = { ssid: 'B3IQ-N7K4', password: 'a label password' };
    await radio.openHotspot(hotspot, '10.42.0.0/24', never);
    await radio.closeHotspot();
    const before = commands.length;
    await radio.openHotspot(hotspot, '10.42.0.0/24', never);
    expect(commands.slice(before)).toHaveLength(1);
    await radio.forget(['b3142b3c-7f2e-4e0a-9c51-6d3f62336971']);
    // Somebody removed the profile: it is made anew.
    await radio.openHotspot(hotspot, '10.42.0.0/24', never);
    expect((await radio.look()).hotspot).toBe('10.42.0.0/24');
    await radio.close();
  });

  it('waits for the signal that says why when the tool gave up first, and no longer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'b3iq-radio-'));
    const { tool, signals } = fakeManager();
    const hasty: Nmcli = {
      ...tool,
      runWithSecret: async (...given) => {
        void tool.runWithSecret(...given).catch(() => {}); // the signals go on
        throw new NmcliFailed(4, 'connection up');
      },
    };
    const pauseMs = 600_000; // longer than any test
    const options = { secretsDir: folder, diskDir: folder, log: memoryLog(), tool: hasty, signals, pauseMs };
    const radio = networkManagerRadio(options);
    const profile = profileFor('Maple', { password: 'another password' });
    expect(await radio.connect(profile, () => {}, new AbortController().signal)).toEqual({
      kind: 'failed',
      reason: 'wrong-password',
    });
    await radio.close();
  });

  it('tells of changes', async () => {
    const { radio } = await make();
    let changes = 0;
    const stop = radio.onChange(() => changes++);
    await radio.connect(profileFor('Maple'), () => {}, new AbortController().signal);
    expect(changes).toBeGreaterThan(0);
    stop();
    await radio.close();
  });
});
