import { expect, test } from 'vitest';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();
const APP = 'https://app.example';
const sent = () =>
  cli.agent.heard.filter(({ method }) => method === 'PUT').map(({ body }) => JSON.parse(body));

test('the list is one origin a line, or a sentence when there is none', async () => {
  cli.agent.on('GET /api/origins', { json: { origins: [APP, 'http://localhost:3000'] } });
  expect((await cli.host('origin list')).stdout).toBe(`${APP}\nhttp://localhost:3000\n`);
  cli.agent.on('GET /api/origins', { json: { origins: [] } });
  const empty = await cli.host('origin list');
  expect(empty).toMatchObject({ exitCode: 0, stdout: '' });
  expect(empty.stderr).toContain('No page of another site');
});

test('adding and removing sends the whole list, each origin once', async () => {
  cli.agent.on('GET /api/origins', { json: { origins: ['http://localhost:3000'] } });
  cli.agent.on('PUT /api/origins', { json: { origins: [] } });
  expect((await cli.host(`origin add ${APP}`)).exitCode).toBe(0);
  await cli.host('origin add http://localhost:3000');
  await cli.host('origin remove http://localhost:3000');
  expect(sent()).toEqual([
    { origins: ['http://localhost:3000', APP] },
    { origins: ['http://localhost:3000'] },
    { origins: [] },
  ]);
});

test.each(['https://app.example/', 'app.example', '*', 'null', 'https://*.example', 'HTTPS://APP.EXAMPLE'])(
  'adding %s is refused before anything is changed',
  async (origin) => {
    cli.agent.on('GET /api/origins', { json: { origins: [] } });
    expect((await cli.host(`origin add ${origin}`)).exitCode).toBe(2);
    expect(sent()).toEqual([]);
  },
);

test('removing what is not there is refused', async () => {
  cli.agent.on('GET /api/origins', { json: { origins: [] } });
  expect((await cli.host(`origin remove ${APP}`)).exitCode).toBe(2);
});
