// The whole program is killed between a click and its row; the next start finds what was answered for, once.

import pg from 'pg';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { LINE, programSettings, startProgram } from '../support/program.ts';

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** CHAOS_KILLS=… is the long form (npm run chaos). */
const KILLS = Number(process.env.CHAOS_KILLS ?? 1);

describe('SIGKILL of the whole program', () => {
  it('SIGKILL of the whole program loses no click that a page has answered and no order that was confirmed, and stores none twice', {
    timeout: 120_000 + KILLS * 30_000,
  }, async () => {
    const env = await programSettings();
    let program = await startProgram(env, LINE);
    const visitors: string[] = [];
    const shopper = request.agent(program.url);
    const page = await shopper.get('/product/sneakers');
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1];
    const form = { order_id: field('order_id'), signature: field('signature'), item: field('item') };
    await shopper.post('/order').type('form').send(form).expect(303);
    for (let kills = 0; kills < KILLS; kills += 1) {
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => request(program.url).get('/product/clothes')),
      );
      // At once: the events may be in the outbox, in Kafka or in Postgres.
      await program.kill();
      visitors.push(
        ...answers.map(
          (answer) => /visitor=s%3A([0-9a-f]{32})/.exec(String(answer.get('Set-Cookie')))?.[1] ?? '',
        ),
      );
      program = await startProgram(env, LINE);
    }
    await eventually(
      async () => (await request(program.url).get(`/api/events/${form.order_id}`)).status === 200,
    );
    // The same form again, in the next process: still one order. It listens where the first one did.
    await shopper.post('/order').type('form').send(form).expect(303);
    await request(program.url).get('/');
    const count = async (title: string) =>
      Number(
        (
          await query<{ count: string }>(
            program.databaseUrl(),
            `SELECT count(*) FROM events WHERE topic IS NOT NULL AND title = '${title}'`,
          )
        )[0]?.count,
      );
    // The shopper's page and each visitor's one, and the last that asked: each shows a banner.
    await eventually(async () => (await count('banner_show')) >= visitors.length + 2);
    const rows = await query<{ user_id: string; title: string; count: number }>(
      program.databaseUrl(),
      `SELECT replace(user_id::text, '-', '') AS user_id, title, count(*) AS count FROM events
       WHERE topic IS NOT NULL GROUP BY 1, 2`,
    );
    const counted = new Map(rows.map(({ user_id, title, count }) => [`${user_id} ${title}`, Number(count)]));
    for (const visitor of visitors) {
      expect([counted.get(`${visitor} banner_click`), counted.get(`${visitor} banner_show`)]).toEqual([1, 1]);
    }
    expect(await count('order')).toBe(1);
    expect(await program.stop()).toBe(0);
  });
});
