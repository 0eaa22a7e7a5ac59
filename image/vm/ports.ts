/** Free ports of this computer. Separate because QEMU takes a number and cannot be asked which one it got. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** `wanted` when it is free on 127.0.0.1, else any other. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (wanted === 0) throw error;
    return freePort();
  }
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : wanted;
}
