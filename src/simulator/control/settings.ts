// Settings of the simulated shoppers: stored in Postgres, changed by the API, followed by the part `simulator`.

import { z } from 'zod';
import { FAULT_NAMES, type Fault, type FaultName } from '../core/faults.ts';
import { USUAL_PACE } from '../core/pace.ts';

const USUAL_RATE = 1;
const FEWEST_USERS = 6;
const MOST_USERS = 20_000;
/** Above this rate the shop would have no capacity left for visitors. */
const MOST_RATE = 500;

/** Faults of shoppers at the shop, which leave out those of a producer's own batches. */
export const PAGE_FAULTS = FAULT_NAMES.filter((name) => name !== 'poison-codec');

const fields = {
  running: z.boolean().describe('whether there are shoppers'),
  rate: z.number().min(0.1).max(MOST_RATE).describe('events a second, of all'),
  users: z
    .int()
    .min(1)
    .max(MOST_USERS)
    .nullable()
    .describe('shoppers; null = as many as the rate takes, one for a quarter of an event a second'),
  faults: z
    .partialRecord(z.enum(PAGE_FAULTS, { error: PAGE_FAULTS.join(', ') }), z.number().min(0).max(1))
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
  users ?? Math.max(FEWEST_USERS, Math.round(rate / USUAL_PACE));

/** The faults in the form of a run, for its whole duration. */
export const faultsOf = ({ faults }: Settings): Fault[] =>
  Object.entries(faults).flatMap(([fault, share]) =>
    share > 0 ? [{ fault: fault as FaultName, share, from: 0, until: Number.POSITIVE_INFINITY }] : [],
  );
