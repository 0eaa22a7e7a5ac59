/** Plants markers where secrets and private words go in, then looks for them everywhere they do not belong. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import type { NetworksAnswer } from '@b3iq/wire/local-api';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';

let agent: TestAgent;
afterEach(() => agent.remove());

async function filesUnder(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder)) {
    const path = joinPath(folder, name);
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
  // One network that is not there, and one that is joined and remembered.
  const join = (name: string, word: string) =>
    agent.operator<NetworksAnswer>('POST', '/api/setup/networks/join', {
      ssid_hex: Buffer.from(name).toString('hex'),
      password: word,
    });
  await join('planted-ssid-2203', 'planted-wifi-password');
  await join('Orchard 5G', 'correct horse');
  await waitFor(
    async () => (await agent.operator<NetworksAnswer>('GET', '/api/setup/networks')).join.kind === 'joined',
    { timeoutMs: 20_000, what: 'the network is joined' },
  );
  const answered = JSON.parse(
    await call({ model, messages: [{ role: 'user', content: 'What is a receipt?' }], temperature: 0 }),
  ) as {
    choices: { message: { content: string } }[];
  };
  const answer = answered.choices[0]?.message.content ?? '';

  const secrets = [
    prompt,
    answer,
    password,
    token,
    recovery,
    secret,
    'planted-wifi-password',
    'correct horse',
  ];
  expect(secrets.every((marker) => marker.length > 8)).toBe(true);
  await agent.stop();
  // The joined network's name belongs into the settings, and nowhere else.
  const names = ['planted-ssid-2203', 'Orchard 5G'].flatMap((name) => [
    name,
    Buffer.from(name).toString('hex'),
  ]);
  for (const path of await filesUnder(agent.stateDir)) {
    const bytes = await readFile(path);
    for (const marker of /settings\./.test(path) ? secrets : [...secrets, ...names])
      expect(bytes.includes(marker) ? `${marker} in ${path}` : 'clean').toBe('clean');
  }
  for (const marker of [...secrets, ...names])
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
