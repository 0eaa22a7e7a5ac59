/** What a bench process and its parent tell each other. Separate because both ends read it. */

/** A server's first message. */
export interface Listening {
  readonly kind: 'listening';
  readonly port: number;
}

/** The one message a process gets before it begins. Never argv: it may hold a key. @throws when the parent has gone */
export function taskOf<T>(): Promise<T> {
  return new Promise((resolve, reject) => {
    process.once('message', (message) => resolve(message as T)); // our own parent, of the same commit
    process.once('disconnect', () => reject(new Error('the parent has gone')));
  });
}

/** Tells the parent where this server listens. It ends with its parent. */
export function listening(port: number): void {
  process.once('disconnect', () => process.exit(0));
  process.send?.({ kind: 'listening', port } satisfies Listening);
}
