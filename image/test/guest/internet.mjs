// All of the internet there is behind the simulated router: answers connectivity checks, or sends everybody to a
// login page (first word `portal`). Anything else gets 404, so that a page taken from here by mistake shows.
import { createServer } from 'node:http';

const PORTAL = process.argv[2] === 'portal';
const ONLINE = new Map([
  ['/check_network_status.txt', [200, 'NetworkManager is online\n']],
  ['/nm', [200, 'NetworkManager is online\n']],
  ['/generate_204', [204, '']],
]);

createServer((request, response) => {
  if (PORTAL) {
    const page = request.url === '/login';
    response.writeHead(page ? 200 : 302, page ? { 'content-type': 'text/html' } : { location: '/login' });
    response.end(page ? '<h1>Please pay for your coffee</h1>' : '');
    return;
  }
  const [status, body] = ONLINE.get(new URL(request.url, 'http://internet').pathname) ?? [404, 'nobody here'];
  response.writeHead(status).end(body);
}).listen(80);
