// Structured logs by pino: JSON lines, or short coloured lines where somebody watches a terminal.

import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import { errorFields } from './error-fields.ts';
import type { LogLevel } from './log-levels.ts';
import { countRepeats } from './repeated-lines.ts';

export type { Logger };

/**
 * A logger for one part of the program; `part` is on every line. Errors go under `err` or `error`.
 * @param out where JSON lines go in place of standard output
 */
export function createLog(
  part: string,
  level: LogLevel,
  terminal = process.stdout.isTTY === true,
  out?: DestinationStream,
): Logger {
  const options: LoggerOptions = {
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorFields, error: errorFields },
    hooks: { logMethod: countRepeats() },
  };
  if (!terminal) return out === undefined ? pino(options) : pino(options, out);
  return pino(
    options,
    pretty({
      colorize: true,
      ignore: 'part,pid,hostname',
      translateTime: 'HH:MM:ss',
      messageFormat: '{part}: {msg}',
    }),
  );
}
