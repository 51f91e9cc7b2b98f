// Structured logs by pino: JSON lines, or short coloured lines where somebody watches a terminal.

import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A logger for one part of the program; `part` is on every line. */
export function createLog(part: string, level: LogLevel, terminal = process.stdout.isTTY === true): Logger {
  const options = { level, base: { part }, timestamp: pino.stdTimeFunctions.isoTime };
  if (!terminal) return pino(options);
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
