// Requests that alter settings: AlterConfigs (33) and IncrementalAlterConfigs (44).

import { expect } from 'vitest';
import type { ErrorCode } from '../../src/broker/wire/error-codes.ts';
import { type Asking, whole } from './request.ts';

/** The resource type of a topic. */
export const TOPIC_TYPE = 2;
/** Operations of IncrementalAlterConfigs. */
export const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3] as const;

/** A setting, its value, and for IncrementalAlterConfigs the operation, SET by default. */
export type Setting = readonly [name: string, value: string | null, operation?: number];
export type Resource = readonly [type: number, name: string, settings: readonly Setting[]];

export type Altered = {
  readonly error: ErrorCode;
  readonly message: string | null;
  readonly type: number;
  readonly name: string;
};

/** Alters resources; resolves with the result of each. */
export async function alterConfigs(
  client: Asking,
  key: 33 | 44,
  version: number,
  resources: readonly Resource[],
  validateOnly = false,
): Promise<Altered[]> {
  const answer = await client.ask(key, version, (w) => {
    w.structs(resources, ([type, name, settings]) => {
      w.int8(type).string(name);
      w.structs(settings, ([setting, value, operation = SET]) => {
        w.string(setting);
        if (key === 44) w.int8(operation);
        w.string(value);
      });
    }).boolean(validateOnly);
  });
  return whole(answer, (a) => {
    expect(a.int32()).toBe(0);
    return a.structs(() => {
      const [error, message] = [a.int16() as ErrorCode, a.nullableString()];
      return { error, message, type: a.int8(), name: a.string() };
    });
  });
}
