/**
 * argv → which command with which words and options, by the table in `commands.ts`; no meaning yet.
 * Separate from `plan.ts` because this knows how command lines are written and nothing about keys or receipts.
 * Values are never repeated in a message: one of them may be a secret in the wrong place.
 */
import { parseArgs } from 'node:util';
import {
  COMMAND_LIST,
  type CommandName,
  type CommandSpec,
  GLOBAL_OPTIONS,
  type OptionSpec,
  PROGRAM,
  SECRET_OPTIONS,
} from './commands.ts';
import { nearest } from './parse.ts';

/** Values by option name: `true` for a switch, every value given otherwise. */
export type Values = Readonly<Record<string, true | readonly string[]>>;

export type Arguments =
  | {
      readonly kind: 'ok';
      readonly name: CommandName;
      readonly values: Values;
      readonly operands: readonly string[];
    }
  | { readonly kind: 'help'; readonly topic: string }
  | { readonly kind: 'wrong'; readonly message: string };

const wrong = (message: string): Arguments => ({ kind: 'wrong', message });

/** @param argv  without the program's own name, as the shell gave it */
export function readArguments(argv: readonly string[]): Arguments {
  const refused = secretOnTheLine(argv);
  if (refused !== undefined) return wrong(refused);
  const start = firstWord(argv);
  if (typeof start === 'string') return wrong(start);
  const asksHelp = wantsHelp(argv);
  const [first, second = ''] = argv.slice(start);
  if (first === undefined)
    return argv.includes('--version')
      ? { kind: 'ok', name: 'version', values: {}, operands: [] }
      : { kind: 'help', topic: '' };
  const group = COMMAND_LIST.filter(({ name }) => name === first || name.startsWith(`${first} `));
  const spec = group.find(({ name }) => name === first || name === `${first} ${second}`);
  if (spec === undefined) {
    if (group.length === 0) return wrong(unknownCommand(first));
    if (asksHelp || second === '') return { kind: 'help', topic: first };
    const names = group.map(({ name }) => `\`${name}\``).join(', ');
    return wrong(`\`${PROGRAM} ${first}\` goes on with one of ${names}.`);
  }
  if (asksHelp) return { kind: 'help', topic: spec.name };
  return fill(spec, [...argv.slice(0, start), ...argv.slice(start + spec.name.split(' ').length)]);
}

function fill(spec: CommandSpec & { readonly name: CommandName }, rest: readonly string[]): Arguments {
  const known = [...GLOBAL_OPTIONS, ...(spec.options ?? [])];
  const { tokens } = parseArgs({
    args: [...rest],
    options: Object.fromEntries(known.map(parserOption)),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, true | string[]> = {};
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = known.find(({ name }) => name === token.name);
    if (option === undefined) return wrong(unknownOption(token.rawName, known, spec.name));
    const problem = optionProblem(option, token.value, token.inlineValue, values[option.name]);
    if (problem !== undefined) return wrong(`${token.rawName} ${problem}`);
    if (option.value === undefined) values[option.name] = true;
    else values[option.name] = [...listOf(values[option.name]), token.value ?? ''];
  }
  const { shown = '', min = 0, max = 0 } = spec.operands ?? {};
  if (operands.length < min)
    return wrong(`\`${PROGRAM} ${spec.name}\` needs ${shown}. ${seeHelp(spec.name)}`);
  if (operands.length > max)
    return wrong(`\`${PROGRAM} ${spec.name}\` was given words it does not take. ${seeHelp(spec.name)}`);
  return { kind: 'ok', name: spec.name, values, operands };
}

function parserOption(option: OptionSpec) {
  const type = option.value === undefined ? ('boolean' as const) : ('string' as const);
  return [option.name, { type, ...(option.short === undefined ? {} : { short: option.short }) }] as const;
}

function optionProblem(
  option: OptionSpec,
  value: string | undefined,
  inline: boolean | undefined,
  before: true | string[] | undefined,
): string | undefined {
  if (option.value === undefined) return inline ? 'is a switch and takes no value.' : undefined;
  if (value === undefined) return `needs a value: --${option.name} ${option.value}.`;
  if (value === '') return 'was given an empty value.';
  if (!inline && value.length > 1 && value.startsWith('-'))
    return `needs a value. If it starts with a dash, write --${option.name}=-….`;
  return before !== undefined && !option.many ? 'was given twice.' : undefined;
}

const listOf = (value: true | string[] | undefined): string[] => (Array.isArray(value) ? value : []);

/** Index of the command's first word: only options of every command may stand before it. Or what is wrong. */
function firstWord(argv: readonly string[]): number | string {
  let at = 0;
  while (at < argv.length && (argv[at] ?? '').startsWith('-')) {
    const [name = ''] = (argv[at] ?? '').split('=', 1);
    const option = GLOBAL_OPTIONS.find((o) => `--${o.name}` === name || `-${o.short}` === name);
    if (option === undefined && name !== '--version')
      return name === '--' || name === '-'
        ? `A command comes first. ${seeHelp('')}`
        : `${name} is not an option every command has. Write the options of a command after its name. ${seeHelp('')}`;
    at += option?.value !== undefined && !(argv[at] ?? '').includes('=') ? 2 : 1;
  }
  return at;
}

function beforeTerminator(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

const wantsHelp = (argv: readonly string[]): boolean =>
  beforeTerminator(argv).some((word) => word === '--help' || word === '-h');

function secretOnTheLine(argv: readonly string[]): string | undefined {
  for (const word of beforeTerminator(argv)) {
    const [, name = ''] = /^--?([a-z-]+)(?:=|$)/.exec(word) ?? [];
    const instead = Object.hasOwn(SECRET_OPTIONS, name) ? SECRET_OPTIONS[name] : undefined;
    if (instead !== undefined)
      return `--${name} is not taken: every program on this computer can read a command line, and the shell keeps it in its history. Use ${instead}, and treat what was just typed as known to others.`;
  }
  return undefined;
}

function unknownCommand(word: string): string {
  const guess = nearest(
    word,
    COMMAND_LIST.map(({ name }) => name.split(' ')[0] ?? name),
  );
  return `There is no such command.${guess === undefined ? '' : ` Did you mean \`${PROGRAM} ${guess}\`?`} ${seeHelp('')}`;
}

function unknownOption(raw: string, known: readonly OptionSpec[], command: string): string {
  const guess = nearest(
    raw.replace(/^-+/, ''),
    known.map(({ name }) => name),
  );
  return `\`${PROGRAM} ${command}\` has no such option.${guess === undefined ? '' : ` Did you mean --${guess}?`} ${seeHelp(command)}`;
}

const seeHelp = (command: string): string =>
  `See \`${PROGRAM}${command === '' ? '' : ` ${command}`} --help\`.`;
