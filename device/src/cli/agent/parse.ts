/** Server-sent events as text into the data they carry. Pure, so that every way a network cuts text can be tried. */

/** Feeds server-sent event text in pieces of any cut and gives the `data` of each finished event. @see WHATWG HTML §9.2.6 */
export interface EventReader {
  /** @throws RangeError when one event passes `limit` characters. */
  push(text: string): string[];
}
export function eventReader(limit = 1 << 20): EventReader {
  let rest = '';
  let data: string[] = [];
  let size = 0;
  const take = (line: string, done: string[]): void => {
    if (line === '') {
      if (data.length > 0) done.push(data.join('\n'));
      data = [];
      size = 0;
    } else if (line.startsWith('data:')) {
      const value = line.slice(line[5] === ' ' ? 6 : 5);
      size += value.length;
      data.push(value);
    }
  };
  return {
    push(text) {
      const done: string[] = [];
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line.endsWith('\r') ? line.slice(0, -1) : line, done);
      if (rest.length + size > limit) throw new RangeError(`an event is longer than ${limit} characters`);
      return done;
    },
  };
}
