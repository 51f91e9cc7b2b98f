// What was acknowledged under kills is stored or set aside, once, and the charts' numbers equal a recount.

import { describe, expect, it } from 'vitest';
import { LINE, programSettings, startProgram } from '../support/program.ts';
import { chaos, KILLS, SEED, timeout } from './run.ts';
import { NOTHING_WRONG } from './verdict.ts';
import { VICTIMS } from './victims.ts';

describe(`SIGKILL for random parts, seed ${SEED}`, { timeout }, () => {
  it(`loses and doubles nothing in ${KILLS} kills of web, ingest, broker and Postgres`, async () => {
    const settings = await programSettings();
    const parts = process.env.CHAOS_KILLS === undefined ? LINE : [];
    const program = await startProgram({ ...settings, LOG_LEVEL: 'silent' }, parts);
    const verdict = await chaos(program, `127.0.0.1:${settings.KAFKA_PORT}`, VICTIMS);
    expect(verdict).toMatchObject(NOTHING_WRONG);
    expect(verdict.stored + verdict.setAside).toBe(verdict.acknowledged);
    await program.stop();
  });
});
