// Settings of the simulated shoppers: stored in Postgres, changed by the API, followed by the part `simulator`.

import { z } from 'zod';
import { FAULT_NAMES, type Fault, type FaultName } from '../core/faults.ts';

const USUAL_RATE = 1;
/** Shoppers for each event a second: then most of them come back after longer than a session lasts. */
const USERS_FOR_RATE = 600;
const MOST_USUAL_USERS = 5_000;
const MOST_USERS = 20_000;
/** Above this rate the shop would have no capacity left for visitors. */
const MOST_RATE = 500;

const fields = {
  running: z.boolean().describe('whether there are shoppers'),
  rate: z.number().min(0.1).max(MOST_RATE).describe('events a second, of all'),
  users: z
    .int()
    .min(1)
    .max(MOST_USERS)
    .nullable()
    .describe(
      `shoppers at a time; null = ${USERS_FOR_RATE} for each event a second, at most ${MOST_USUAL_USERS}`,
    ),
  faults: z
    .partialRecord(z.enum(FAULT_NAMES, { error: FAULT_NAMES.join(', ') }), z.number().min(0).max(1))
    .describe('the share of events that has a fault, 0 to 1, by its name; those left out have none'),
} as const;

/** A change of settings; fields that are left out stay. */
export const changeSchema = z.strictObject(fields).partial();
export type Change = z.infer<typeof changeSchema>;

/** Fields that are left out have their defaults. */
export const settingsSchema = z.object({
  running: fields.running.default(true),
  rate: fields.rate.default(USUAL_RATE),
  users: fields.users.default(null),
  faults: fields.faults.default({}),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Number of shoppers. */
export const crowdSize = ({ users, rate }: Settings): number =>
  users ?? Math.min(MOST_USUAL_USERS, Math.round(rate * USERS_FOR_RATE));

/** The faults in the form of a run, for its whole duration. */
export const faultsOf = ({ faults }: Settings): Fault[] =>
  Object.entries(faults).flatMap(([fault, share]) =>
    share > 0 ? [{ fault: fault as FaultName, share, from: 0, until: Number.POSITIVE_INFINITY }] : [],
  );
