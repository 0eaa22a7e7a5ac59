/** The upstream of every variant: reads the body, answers 400 bytes of a finished chat completion at once. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listening } from '../harness/messages.ts';

const answer = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_795_336_193,
    model: 'bench',
    choices: [{ index: 0, message: { role: 'assistant', content: 'x'.repeat(180) }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 12, completion_tokens: 30, total_tokens: 42 },
  }),
);
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
      .end(answer),
  );
});
server.listen(0, '127.0.0.1', () => listening((server.address() as AddressInfo).port)); // TCP, so an address
