/**
 * An engine that writes like one: a frame at once, then one each interval, each with the moment it was sent. The last one
 * carries the number of frames before it and the SHA-256 of their bytes, so that whoever reads can prove that none is
 * missing and none was changed.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listening, taskOf } from '../harness/messages.ts';

const { frames, everyMs } = await taskOf<{ readonly frames: number; readonly everyMs: number }>();
let streams = 0;

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const id = `chatcmpl-${streams++}`;
    const hash = createHash('sha256');
    let sent = 0;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const next = () => {
      const sentAtUs = Math.round(performance.timeOrigin * 1_000 + performance.now() * 1_000);
      const frame = `data: {"id":"${id}","object":"chat.completion.chunk","created":1795336193,"model":"bench","choices":[{"index":0,"delta":{"content":" word ${sent}"},"finish_reason":null}],"sent_at_us":${sentAtUs}}\n\n`;
      hash.update(frame);
      sent += 1;
      response.write(frame);
      if (sent < frames) return;
      clearInterval(timer);
      const usage = { prompt_tokens: 12, completion_tokens: sent, total_tokens: 12 + sent };
      response.end(
        `data: ${JSON.stringify({ id, choices: [], usage, frames: sent, sha256: hash.digest('hex') })}\n\ndata: [DONE]\n\n`,
      );
    };
    const timer = setInterval(next, everyMs);
    response.once('close', () => clearInterval(timer));
    next();
  });
});
server.listen(
  { port: 0, host: '127.0.0.1', backlog: 4_096 },
  () => listening((server.address() as AddressInfo).port), // TCP, so an address
);
