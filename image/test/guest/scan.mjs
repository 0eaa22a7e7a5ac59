// Asks every port of an address, TCP and UDP, and prints those that answer or refuse. Words: address, ports, the phone's own
// address, the machine's name.
import { createSocket } from 'node:dgram';
import { createConnection, isIPv6 } from 'node:net';

const [address, list, own, host] = process.argv.slice(2);
const PATIENCE_MS = 4_000;
// Most ports are silent: the wait for them is the whole time a scan takes.
const AT_ONCE = 1_500;
const ports = [
  ...new Set(
    list.split(',').flatMap((part) => {
      const [from, to = from] = part.split('-').map(Number);
      return from > 0 ? Array.from({ length: to - from + 1 }, (_, index) => from + index) : [];
    }),
  ),
].sort((a, b) => a - b);

const name = (...labels) =>
  Buffer.concat([...labels.map((l) => Buffer.from([l.length, ...Buffer.from(l)])), Buffer.alloc(1)]);
const question = (labels, type) =>
  Buffer.concat([
    Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    name(...labels),
    Buffer.from([0, type, 0, 1]),
  ]);
/** DHCPINFORM: "I have an address, tell me the rest"; answered without a lease. @see RFC 2131 §3.4 */
function inform() {
  const message = Buffer.alloc(244);
  message.set([1, 1, 6, 0, 0, 0, 0, 9]);
  message.set(own.split('.').map(Number), 12);
  message.set([2, 0, 0, 0, 2, 0], 28);
  message.set([0x63, 0x82, 0x53, 0x63, 53, 1, 8, 255], 236);
  return message;
}
const PAYLOADS = new Map([
  [53, question(['example', 'org'], 1)],
  [67, inform()],
  [123, Buffer.concat([Buffer.from([0x23]), Buffer.alloc(47)])],
  [
    1900,
    Buffer.from(
      'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n',
    ),
  ],
  // Over IPv6 the machine's name has an IPv6 address and no other.
  [5353, question([host, 'local'], isIPv6(address.split('%')[0]) ? 28 : 1)],
  [5355, question(['b3iq'], 1)],
]);

const tcp = (port) =>
  new Promise((resolve) => {
    const socket = createConnection({ host: address, port });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PATIENCE_MS, () => end(false));
    socket.on('connect', () => end(true)).on('error', (error) => end(error.code === 'ECONNREFUSED'));
  });

const udp = (port) =>
  new Promise((resolve) => {
    const socket = createSocket(isIPv6(address.split('%')[0]) ? 'udp6' : 'udp4');
    const end = (answer) => {
      clearTimeout(timer);
      clearInterval(again);
      socket.close(() => resolve(answer));
    };
    let again;
    const timer = setTimeout(() => end(false), PATIENCE_MS);
    socket.on('message', () => end(true)).on('error', (error) => end(error.code === 'ECONNREFUSED'));
    // A DHCP server answers to port 68 alone.
    socket.bind(port === 67 ? 68 : 0, () =>
      socket.connect(port, address, (error) => {
        if (error) return end(false);
        const ask = () => socket.send(PAYLOADS.get(port) ?? Buffer.alloc(1));
        ask();
        // A datagram may be lost in the air, or in a queue of fifteen hundred; a TCP connection is asked for again by itself.
        again = setInterval(ask, PATIENCE_MS / 4);
      }),
    );
  });

async function all(kind, ask) {
  for (let at = 0; at < ports.length; at += AT_ONCE) {
    const some = ports.slice(at, at + AT_ONCE);
    const answers = await Promise.all(some.map(ask));
    for (const [index, port] of some.entries()) if (answers[index]) process.stdout.write(`${kind} ${port}\n`);
  }
}
await all('tcp', tcp);
await all('udp', udp);
process.exit(0);
