/** Log lines as facts: one JSON object a line to stdout, where journald picks them up. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `event` is a constant like `engine.restarted`; facts go into fields. Never secrets, SSIDs, prompts or answers. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** A log that writes lines of at least `level` through `write`. */
export function jsonLog(
  level: LogLevel,
  write: (line: string) => void = (l) => process.stdout.write(l),
): Log {
  const floor = LOG_LEVELS.indexOf(level);
  const at =
    (l: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(l) >= floor)
        write(`${JSON.stringify({ at: new Date().toISOString(), level: l, event, ...fields })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A log that keeps its lines for a test to look at. */
export function memoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  return { ...jsonLog('debug', (l) => lines.push(l)), lines };
}
