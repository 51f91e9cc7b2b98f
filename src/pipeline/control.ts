// What may be done to the parts of the running program, and what it answers. The process that keeps the parts does it
// (processes/control.ts); this room only asks.

import { z } from 'zod';
import {
  CONNECTION_KINDS,
  CONNECTIONS,
  type ConnectionFault,
  USUAL_LATE_MS,
} from '../simulator/system-faults.ts';

/** Milliseconds that a slow connection's answers come late. */
export const SLOW_MS = { least: 10, most: 5_000, usual: USUAL_LATE_MS } as const;
/** Seconds of a pause: one that nobody ends must not keep a part from its work for long. */
export const PAUSE_SECONDS = { least: 1, most: 30, usual: 10 } as const;
export const FAULT_SECONDS = { least: 1, most: 300, usual: 30 } as const;

/** What may be disturbed. */
export const FAULT_TARGETS = [...CONNECTIONS, 'outbox'] as const;

export const faultSchema = z
  .object({
    target: z.enum(FAULT_TARGETS),
    kind: z.enum([...CONNECTION_KINDS, 'full']),
    ms: z.number().nullable().describe('by which answers come late; null where they do not'),
    until: z.iso.datetime().describe('when it ends by itself'),
  })
  .meta({ id: 'PipelineFault' });
export type Fault = z.infer<typeof faultSchema>;

export const partSchema = z
  .object({
    part: z.string(),
    state: z.enum(['running', 'starting', 'paused']),
    pid: z
      .number()
      .nullable()
      .describe('of its process; null while there is none, or where it is the program’s own'),
    since: z.iso.datetime().nullable().describe('its last start; null while it starts'),
    memory: z
      .number()
      .nullable()
      .describe('bytes that it holds in memory; null where the system does not tell'),
    ends: z.number().describe('how often it has ended without being asked to'),
    last_end: z.string().nullable().describe('how it ended last'),
    paused_until: z.iso.datetime().nullable(),
  })
  .meta({ id: 'PipelinePart' });
export type PartState = z.infer<typeof partSchema>;

/** The parts and what disturbs them. */
export type ProcessesLook = { readonly parts: readonly PartState[]; readonly faults: readonly Fault[] };

export type ControlRequest =
  | { readonly do: 'look' }
  | { readonly do: 'kill' | 'resume'; readonly part: string }
  | { readonly do: 'pause'; readonly part: string; readonly seconds: number }
  | ConnectionFault
  | { readonly do: 'heal' };

/**
 * Asks the process that keeps the parts.
 * @returns how the parts are afterwards
 * @throws {ExpectationError} where there is no such part, or it can't be done to it now
 */
export type Control = (request: ControlRequest) => Promise<ProcessesLook>;
