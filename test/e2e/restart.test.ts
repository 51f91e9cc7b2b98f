// The whole program is killed between a click and its row; the next start finds what was answered for, once.

import pg from 'pg';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { programSettings, startProgram } from '../support/program.ts';

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('SIGKILL of the whole program', () => {
  it('loses no click that a page has answered, and stores none twice', { timeout: 120_000 }, async () => {
    const env = await programSettings();
    let program = await startProgram(env);
    const visitors: string[] = [];
    for (let round = 0; round < 3; round += 1) {
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
      program = await startProgram(env);
    }
    const rows = await eventually(async () => {
      const found = await query<{ user_id: string; title: string; count: number }>(
        program.databaseUrl(),
        `SELECT replace(user_id::text, '-', '') AS user_id, title, count(*) AS count FROM events
         WHERE topic IS NOT NULL GROUP BY 1, 2`,
      );
      return found.length >= visitors.length * 2 && found;
    });
    const counted = new Map(rows.map(({ user_id, title, count }) => [`${user_id} ${title}`, Number(count)]));
    for (const visitor of visitors) {
      expect([counted.get(`${visitor} banner_click`), counted.get(`${visitor} banner_show`)]).toEqual([1, 1]);
    }
    expect(await program.stop()).toBe(0);
  });

  it('keeps an order that was confirmed', { timeout: 60_000 }, async () => {
    const env = await programSettings();
    const first = await startProgram(env);
    const shopper = request.agent(first.url);
    const page = await shopper.get('/product/sneakers');
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1];
    const form = { order_id: field('order_id'), signature: field('signature'), item: field('item') };
    await shopper.post('/order').type('form').send(form).expect(303);
    await first.kill();
    const second = await startProgram(env);
    await eventually(
      async () => (await request(second.url).get(`/api/events/${form.order_id}`)).status === 200,
    );
    // The same form again, in the next process: still one order. It listens where the first one did.
    await shopper.post('/order').type('form').send(form).expect(303);
    await request(second.url).get('/');
    await eventually(
      async () =>
        (await query(second.databaseUrl(), 'SELECT FROM events WHERE topic IS NOT NULL')).length >= 4,
    );
    const orders = await query(
      second.databaseUrl(),
      `SELECT FROM events WHERE topic IS NOT NULL AND title = 'order'`,
    );
    expect(orders).toHaveLength(1);
    await second.stop();
  });
});
