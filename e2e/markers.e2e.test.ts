/** Plants markers where secrets and private words go in, then looks for them everywhere they do not belong. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';

let agent: TestAgent;
afterEach(() => agent.remove());

async function filesUnder(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory()) found.push(...(await filesUnder(path)));
    else if (info?.isFile()) found.push(path);
  }
  return found;
}

test('prompts, answers, keys, passwords, codes, tokens and network names stay where they belong', async () => {
  agent = await TestAgent.start({ B3IQ_SIMULATED_RADIO: 'true' });
  const password = 'planted-password-5519';
  const url = await agent.setupUrl();
  const token = url.split('token=')[1] ?? '';
  const recovery = await agent.claim({ name: 'Ada', password });
  const model = (await agent.ready()).models[0]?.id;
  const { secret } = await agent.newKey();
  const prompt = 'planted-prompt-8841';
  const call = async (body: unknown, path = '/v1/chat/completions') =>
    (
      await fetch(`${agent.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).text();
  await call({ model, messages: [{ role: 'user', content: prompt }], max_tokens: 5 });
  await call({ model, messages: [{ role: 'user', content: prompt }], max_tokens: 5, stream: true });
  await call({ model: prompt, messages: [{ role: 'user', content: prompt }] });
  await call({ model, prompt, max_tokens: 2 }, '/v1/completions');
  await call({ model, input: prompt }, '/v1/embeddings');
  await fetch(`${agent.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: agent.url },
    body: JSON.stringify({ name: 'Ada', password: `${password}-wrong` }),
  });
  const ssid = Buffer.from('planted-ssid-2203').toString('hex');
  await agent.operator('POST', '/api/setup/networks/join', {
    ssid_hex: ssid,
    password: 'planted-wifi-password',
  });

  const markers = [prompt, password, token, recovery, secret, 'planted-wifi-password', 'planted-ssid-2203'];
  expect(markers.every((marker) => marker.length > 8)).toBe(true);
  await agent.stop();
  for (const path of await filesUnder(agent.stateDir)) {
    const bytes = await readFile(path);
    for (const marker of markers)
      expect(bytes.includes(marker) ? `${marker} in ${path}` : 'clean').toBe('clean');
  }
  for (const marker of markers)
    expect(agent.output.includes(marker) ? `${marker} in the log` : 'clean').toBe('clean');
});

test('no secret stands on the command line of the agent or its children', async () => {
  agent = await TestAgent.start();
  await agent.claim({ name: 'Ada', password: 'planted-password-5519' });
  await agent.ready();
  const { secret } = await agent.newKey();
  const lines: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (line.includes('b3iq') || line.includes('engine')) lines.push(line, environment);
  }
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.filter((line) => line.includes(secret) || line.includes('planted-password'))).toEqual([]);
});
