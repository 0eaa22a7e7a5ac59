/** `--help` and the shell completion, both made from the table of commands. Pure. */
import {
  COMMAND_LIST,
  type CommandSpec,
  GLOBAL_OPTIONS,
  type OptionSpec,
  PROGRAM,
} from '../argv/commands.ts';
import { nearest } from '../argv/parse.ts';

/** Text of the overview (`''`), of a group such as `key`, or of one command; `undefined` when there is no such topic. */
export function helpText(topic: string): string | undefined {
  if (topic === '') return overview(COMMAND_LIST);
  const spec = COMMAND_LIST.find(({ name }) => name === topic);
  if (spec !== undefined) return commandHelp(spec);
  const group = COMMAND_LIST.filter(({ name }) => name.startsWith(`${topic} `));
  return group.length === 0 ? undefined : group.map(commandHelp).join('\n\n');
}

/** What a person may have meant by an unknown topic. */
export function nearestTopic(topic: string): string | undefined {
  return nearest(
    topic,
    COMMAND_LIST.flatMap(({ name }) => [name, name.split(' ')[0] ?? name]),
  );
}

/** One command as JSON data for `--help --json`. */
export function helpData(topic: string): readonly CommandSpec[] {
  return COMMAND_LIST.filter(({ name }) => topic === '' || name === topic || name.startsWith(`${topic} `));
}

function overview(commands: readonly CommandSpec[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `${PROGRAM}: run and use this B3IQ machine from the command line.`,
    '',
    `Usage: ${PROGRAM} COMMAND [OPTIONS]`,
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Options of every command:',
    ...optionLines(GLOBAL_OPTIONS),
    '',
    'The agent is reached through a socket that only the user that installed it, and root, can open: no login.',
    'Exit status: 0 done · 1 refused · 2 the command line is not right · 3 the agent does not answer.',
  ].join('\n');
}

function commandHelp(spec: CommandSpec): string {
  const usage = [PROGRAM, spec.name, spec.options ? '[OPTIONS]' : '', spec.operands?.shown ?? '']
    .filter((part) => part !== '')
    .join(' ');
  return [
    `Usage: ${usage}`,
    '',
    ...wrapped(`${capital(spec.summary)}.`, 96, ''),
    ...(spec.about ? wrapped(spec.about, 96, '') : []),
    '',
    'Options:',
    ...optionLines([...(spec.options ?? []), ...GLOBAL_OPTIONS]),
    '',
    spec.examples.length === 1 ? 'Example:' : 'Examples:',
    ...spec.examples.map((example) => `  ${example}`),
  ].join('\n');
}

function optionLines(options: readonly OptionSpec[]): string[] {
  const left = (o: OptionSpec) =>
    `--${o.name}${o.value ? ` ${o.value}` : ''}${o.short ? `, -${o.short}` : ''}`;
  const width = Math.max(...options.map((o) => left(o).length));
  return options.map((o) => `  ${left(o).padEnd(width)}  ${o.help}`);
}

/** Words of `text` in lines of at most `width` characters. */
function wrapped(text: string, width: number, indent: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => indent + line);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A script for `source <(b3iq-host completion bash)`: command words, then the command's options; files otherwise. */
export function bashCompletion(): string {
  const firsts = [...new Set(COMMAND_LIST.map(({ name }) => name.split(' ')[0]))].join(' ');
  const groups = new Map<string, string[]>();
  for (const { name } of COMMAND_LIST) {
    const [first = '', second] = name.split(' ');
    if (second !== undefined) groups.set(first, [...(groups.get(first) ?? []), second]);
  }
  const options = (spec: CommandSpec) =>
    [...(spec.options ?? []), ...GLOBAL_OPTIONS].map(({ name }) => `--${name}`).join(' ');
  return [
    '_b3iq_host() {',
    '  local words=""',
    `  case "\${COMP_WORDS[1]} \${COMP_WORDS[2]}" in`,
    ...COMMAND_LIST.map(
      (spec) => `    "${spec.name}"${spec.name.includes(' ') ? '' : '\\ *'}) words="${options(spec)}" ;;`,
    ),
    '  esac',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${firsts}"`,
    '  elif [ "$COMP_CWORD" -eq 2 ]; then',
    `    case "\${COMP_WORDS[1]}" in`,
    ...[...groups].map(([first, seconds]) => `      ${first}) words="${seconds.join(' ')}" ;;`),
    '    esac',
    '  fi',
    '  COMPREPLY=()',
    '  [ -n "$words" ] && mapfile -t COMPREPLY < <(compgen -W "$words" -- "$2")',
    '}',
    `complete -o default -F _b3iq_host ${PROGRAM}`,
  ].join('\n');
}
