/** What every route of the preview's `/api` is made of. Separate so that each feature's routes are a file of their own. */
import type { ServerResponse } from 'node:http';
import type { FakeMachine } from './fake-machine.ts';

export type Body = Readonly<Record<string, unknown>>;
export type Route = (
  machine: FakeMachine,
  body: Body,
  response: ServerResponse,
  /** The last part of the path. */
  rest: string,
  query: URLSearchParams,
) => unknown;
export type Routes = Readonly<Record<string, Route>>;

/** Right for the owner and for every network of the preview. */
export const PASSWORD = 'winter harbour 42';

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  title: string,
  detail: string,
  headers = {},
): void {
  sendJson(response, status, { error: { status, title, detail, code } }, headers);
}

/** Whether the owner's password is right; refuses as the agent does when it is not. */
export function askPassword(body: Body, response: ServerResponse): boolean {
  if (body.password === PASSWORD) return true;
  refuse(response, 401, 'sign_in_refused', 'Name or password is not right', 'Try again.');
  return false;
}
