/**
 * Tool calls as models write them into their text, found while the text is still coming.
 * Separate because each model family has its own marks, and half a mark must never reach the client.
 */
import { heldLength } from './stop.ts';

/** How one family writes calls. Bodies are JSON: one call, or with `isList` an array of calls. */
export interface ToolCallFormat {
  readonly id: 'hermes' | 'mistral' | 'llama3';
  readonly open: string;
  /** `undefined`: the call runs to the end of the answer. */
  readonly close: string | undefined;
  /** The opening mark is itself the beginning of the JSON. */
  readonly isOpenPartOfBody: boolean;
  readonly isList: boolean;
  readonly argumentsKey: 'arguments' | 'parameters';
  /** What stands before and after the JSON of a call that is forced; `before` is put into the prompt. */
  readonly forced: { readonly before: string; readonly after: string };
}

const HERMES: ToolCallFormat = {
  id: 'hermes',
  open: '<tool_call>',
  close: '</tool_call>',
  isOpenPartOfBody: false,
  isList: false,
  argumentsKey: 'arguments',
  forced: { before: '<tool_call>\n', after: '' },
};
const MISTRAL: ToolCallFormat = {
  id: 'mistral',
  open: '[TOOL_CALLS]',
  close: undefined,
  isOpenPartOfBody: false,
  isList: true,
  argumentsKey: 'arguments',
  forced: { before: '[TOOL_CALLS][', after: ']' },
};
const LLAMA3: ToolCallFormat = {
  id: 'llama3',
  open: '{"name"',
  close: undefined,
  isOpenPartOfBody: true,
  isList: false,
  argumentsKey: 'parameters',
  forced: { before: '', after: '' },
};

/** The format a chat template teaches, `undefined` when it has no place for tools or writes them in a way not known here. */
export function toolCallFormatOf(template: string): ToolCallFormat | undefined {
  if (!/\btools\b/.test(template)) return undefined;
  if (template.includes('<function=')) return undefined; // XML arguments: not JSON, not supported
  if (template.includes('<tool_call>')) return HERMES;
  if (template.includes('[TOOL_CALLS]')) return MISTRAL;
  if (template.includes('"parameters"') && template.includes('ipython')) return LLAMA3;
  return undefined;
}

export type ToolCallEvent =
  | { readonly kind: 'text'; readonly text: string }
  /** `arguments` is JSON text. */
  | { readonly kind: 'call'; readonly name: string; readonly arguments: string };

/** Splits an answer into text and calls. A body that is no call of an offered tool stays text: nothing is lost. */
export class ToolCallParser {
  readonly #format: ToolCallFormat;
  readonly #names: ReadonlySet<string>;
  #buffer = '';
  #isInCall: boolean;
  /** Set when the call is forced: then only a body comes, and a cut one is still a call. */
  readonly #isForced: boolean;
  #hasCalled = false;

  /** @param names  tools the client offered    @param isForced  the opening mark was already in the prompt */
  constructor(format: ToolCallFormat, names: ReadonlySet<string>, isForced = false) {
    this.#format = format;
    this.#names = names;
    this.#isForced = isForced;
    this.#isInCall = isForced;
  }

  push(text: string): ToolCallEvent[] {
    this.#buffer += text;
    const events: ToolCallEvent[] = [];
    for (;;) {
      if (this.#isInCall) {
        const calls = this.#closedCall();
        if (calls === undefined) return events;
        events.push(...calls);
        continue;
      }
      const at = this.#buffer.indexOf(this.#format.open);
      if (at < 0) {
        const text = this.#freeText(this.#buffer.length - heldLength(this.#buffer, this.#format.open));
        if (text !== '') events.push({ kind: 'text', text });
        return events;
      }
      // White space before a call belongs to the mark, not to the text.
      const before = this.#buffer.slice(0, at).trimEnd();
      if (before !== '') events.push({ kind: 'text', text: before });
      this.#buffer = this.#buffer.slice(at + (this.#format.isOpenPartOfBody ? 0 : this.#format.open.length));
      this.#isInCall = true;
    }
  }

  /** Whatever is left when the answer is over. */
  end(): ToolCallEvent[] {
    const rest = this.#buffer;
    this.#buffer = '';
    if (!this.#isInCall)
      return rest === '' || (this.#hasCalled && rest.trim() === '') ? [] : [{ kind: 'text', text: rest }];
    const calls = this.#read(rest) ?? (this.#isForced ? cutCall(rest, this.#format) : undefined);
    if (calls !== undefined) return calls;
    const text = `${this.#isForced || this.#format.isOpenPartOfBody ? '' : this.#format.open}${rest}`;
    return text === '' ? [] : [{ kind: 'text', text }];
  }

  /** Text up to `end` that may go out now; white space at its end waits, because a call may follow it. */
  #freeText(end: number): string {
    let text = this.#buffer.slice(0, end).trimEnd();
    if (this.#hasCalled && text === '') return '';
    if (this.#hasCalled) {
      this.#hasCalled = false;
      const lead = text.length - text.trimStart().length;
      text = text.slice(lead);
      this.#buffer = this.#buffer.slice(lead);
    }
    this.#buffer = this.#buffer.slice(text.length);
    return text;
  }

  /** The call whose closing mark has come; a mark inside a JSON text is skipped. `undefined` while it is open. */
  #closedCall(): ToolCallEvent[] | undefined {
    const { close } = this.#format;
    if (close === undefined) return undefined;
    for (let at = this.#buffer.indexOf(close); at >= 0; at = this.#buffer.indexOf(close, at + 1)) {
      const calls = this.#read(this.#buffer.slice(0, at));
      if (calls === undefined) continue;
      this.#buffer = this.#buffer.slice(at + close.length);
      this.#isInCall = false;
      this.#hasCalled = true;
      return calls;
    }
    return undefined;
  }

  #read(body: string): ToolCallEvent[] | undefined {
    let json: unknown;
    try {
      json = JSON.parse(body);
    } catch {
      return undefined;
    }
    const list = this.#format.isList && Array.isArray(json) ? json : [json];
    const calls: ToolCallEvent[] = [];
    for (const entry of list) {
      const call = toCall(entry, this.#format.argumentsKey);
      if (call === undefined || !this.#names.has(call.name)) return undefined;
      calls.push(call);
    }
    return calls.length > 0 ? calls : undefined;
  }
}

type Call = Extract<ToolCallEvent, { kind: 'call' }>;

function toCall(value: unknown, key: string): Call | undefined {
  if (value === null || typeof value !== 'object' || !('name' in value) || typeof value.name !== 'string')
    return undefined;
  const given = Object.entries(value).find(([name]) => name === key)?.[1] ?? {};
  return {
    kind: 'call',
    name: value.name,
    arguments: typeof given === 'string' ? given : JSON.stringify(given),
  };
}

/** A forced call that ran out of tokens: its name and as much of the arguments as came. */
function cutCall(body: string, format: ToolCallFormat): Call[] | undefined {
  const match = new RegExp(
    `^\\s*{\\s*"name"\\s*:\\s*"([^"]+)"\\s*(?:,\\s*"${format.argumentsKey}"\\s*:\\s*(.*))?$`,
    's',
  ).exec(body);
  if (match?.[1] === undefined) return undefined;
  return [{ kind: 'call', name: match[1], arguments: match[2] ?? '' }];
}
