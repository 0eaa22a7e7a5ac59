/** Against a stand-in for a collector: real HTTP, the paths and types of OTLP/HTTP, nothing behind it. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../os/clock.ts';
import { memoryLog } from '../../os/log.ts';
import { waitFor } from '../../os/wait-for.ts';
import { testCall } from '../../receipts/test-call.ts';
import { Traffic } from '../traffic/traffic.ts';
import { OtlpPush } from './push.ts';

interface Heard {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}
let heard: Heard[];
let answer: { status: number; headers?: Record<string, string> } | 'never';
let server: Server;
let endpoint: string;
let traffic: Traffic;
let log: ReturnType<typeof memoryLog>;
let clock: FakeClock;
let push: OtlpPush;

beforeEach(async () => {
  heard = [];
  answer = { status: 200 };
  server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    heard.push({ path: request.url, headers: request.headers, text });
    if (answer !== 'never') response.writeHead(answer.status, answer.headers).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/otlp/`; // listening on TCP
  traffic = new Traffic();
  log = memoryLog();
  clock = new FakeClock(Date.UTC(2026, 10, 22));
  push = makePush();
});
afterEach(async () => {
  await push.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
const deps = () => ({
  endpoint,
  version: '0.1.0',
  nodeId: 'node_x',
  calls: () => traffic.counts(),
  clock,
  log,
});
const makePush = (timeoutMs?: number) =>
  new OtlpPush({ ...deps(), ...(timeoutMs === undefined ? {} : { timeoutMs }) });

it('tells where it goes by host and port alone', () => {
  expect(push.host).toBe(new URL(endpoint).host);
  expect(new OtlpPush({ ...deps(), endpoint: 'https://collector.example/private/path' }).host).toBe(
    'collector.example',
  );
});

it('sends histograms by OpenTelemetry’s names, all since the start', async () => {
  traffic.note(testCall({ durationMs: 250, firstTokenMs: 20 }));
  traffic.note(testCall({ durationMs: 3_000, firstTokenMs: 20 }));
  traffic.note(testCall({ status: 'failed', completionTokens: 0, endpoint: '/v1/embeddings' }));
  clock.advance(60_000);
  await push.push();
  expect(heard[0]).toMatchObject({
    path: '/otlp/v1/metrics',
    headers: { 'content-type': 'application/json' },
  });
  const { resourceMetrics } = JSON.parse(heard[0]?.text ?? '');
  expect(resourceMetrics[0].resource.attributes).toEqual([
    { key: 'service.name', value: { stringValue: 'b3iq' } },
    { key: 'service.version', value: { stringValue: '0.1.0' } },
    { key: 'service.instance.id', value: { stringValue: 'node_x' } },
  ]);
  const { metrics } = resourceMetrics[0].scopeMetrics[0];
  expect(metrics.map(({ name, unit }: { name: string; unit: string }) => `${name} ${unit}`)).toEqual([
    'gen_ai.server.request.duration s',
    'gen_ai.server.time_to_first_token s',
    'gen_ai.server.time_per_output_token s',
    'gen_ai.client.token.usage {token}',
  ]);
  const [duration, , , usage] = metrics;
  expect(duration.histogram.aggregationTemporality).toBe(2);
  const [good, failed] = duration.histogram.dataPoints;
  expect(good).toMatchObject({
    startTimeUnixNano: `${Date.UTC(2026, 10, 22)}000000`,
    timeUnixNano: `${Date.UTC(2026, 10, 22, 0, 1)}000000`,
    count: '2',
    sum: 3.25,
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
      { key: 'gen_ai.provider.name', value: { stringValue: 'b3iq' } },
      { key: 'gen_ai.request.model', value: { stringValue: 'b3iq-selftest' } },
    ],
  });
  expect(good.bucketCounts).toHaveLength(good.explicitBounds.length + 1);
  expect(good.bucketCounts.filter((count: string) => count === '1')).toHaveLength(2);
  expect(failed.attributes.at(-1)).toEqual({ key: 'error.type', value: { stringValue: 'failed' } });
  expect(usage.histogram.dataPoints.map(({ sum }: { sum: number }) => sum)).toEqual([24, 60, 12]);
});

it('sends nothing before there was a call, and no key or caller ever', async () => {
  await push.push();
  expect(heard).toEqual([]);
  const call = testCall({ caller: 'key_PLANTED000000000' });
  traffic.note(call);
  await push.push();
  expect(heard).toHaveLength(1);
  for (const planted of [call.caller, call.id, 'PLANTED'])
    expect(heard[0]?.text.includes(planted)).toBe(false);
});

it('says once that a collector refuses, and once that it accepts again', async () => {
  traffic.note(testCall());
  answer = { status: 503 };
  await push.push();
  await push.push();
  answer = { status: 200 };
  await push.push();
  await push.push();
  expect(log.lines.map((line) => JSON.parse(line).event)).toEqual(['otlp.not_accepted', 'otlp.accepted']);
});

it('follows no redirect to somewhere else', async () => {
  traffic.note(testCall());
  answer = { status: 307, headers: { location: `${endpoint}elsewhere` } };
  await push.push();
  expect(heard).toHaveLength(1);
  expect(log.lines[0]).toContain('otlp.not_accepted');
});

it('gives up on a collector that does not answer, and at once when the agent stops', async () => {
  traffic.note(testCall());
  answer = 'never';
  const impatient = makePush(50);
  await impatient.push();
  expect(log.lines[0]).toContain('otlp.not_accepted');
  const sending = push.push();
  await waitFor(() => heard.length === 2, { timeoutMs: 5_000, what: 'the request is there' });
  await push.close();
  await sending;
  expect(log.lines).toHaveLength(1);
});
