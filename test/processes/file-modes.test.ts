import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { anEvent } from '../support/events.ts';
import { programSettings, startProgram } from '../support/program.ts';

/** Files and folders below, each with what group and others may do to it; PostgreSQL sees to those of its cluster. */
function open(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.name === 'cluster') return [];
    const others = statSync(place).mode & 0o077;
    // Root's PostgreSQL runs as another account, which passes this folder and can't look around.
    const passes = entry.name === 'postgres' && process.getuid?.() === 0 ? 0o011 : 0;
    const found = others === passes ? [] : [`${place}: ${others.toString(8)}`];
    return entry.isDirectory() ? [...found, ...open(place)] : found;
  });
}

describe('what the program keeps', () => {
  it('is for its owner alone, whatever the umask was', { timeout: 240_000 }, async () => {
    const before = process.umask(0);
    const settings = await programSettings('new');
    const program = await startProgram(settings).finally(() => process.umask(before));
    await request(program.url).post('/api/events').send(anEvent()).expect(202);
    const { DATA_DIR = '' } = settings;
    expect(readdirSync(DATA_DIR)).toEqual(expect.arrayContaining(['kafka', 'outbox', 'postgres']));
    expect(open(DATA_DIR)).toEqual([]);
    await program.stop();
  });
});
