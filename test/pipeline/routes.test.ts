// Who may break the pipe: this machine without a password, the admin with one, never a page of another site; and what is refused.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/answers.ts';
import { anEvent } from '../support/events.ts';
import { type Line, startLine } from '../support/line.ts';

const PASSWORD = 'open sesame';
let open: Line;
let locked: Line;
beforeAll(async () => {
  [open, locked] = await Promise.all([
    startLine({ ingest: false }),
    startLine({ ingest: false, settings: { ADMIN_PASSWORD: PASSWORD } }),
  ]);
});

const ACTS = ['parts/ingest/kill', 'parts/ingest/pause', 'parts/ingest/resume', 'faults', 'heal'] as const;

describe('what breaks the pipe', () => {
  it.each(ACTS)('what breaks the pipe is refused to whoever has not given the password: %s', async (act) => {
    expectError(await request(locked.url).post(`/api/pipeline/${act}`).send({}), 401, 'login');
    await request(locked.url).post(`/pipeline/${act}`).type('form').send('').expect(401);
    await request(locked.url).get('/pipeline').expect(200);
  });

  it.each(ACTS)('what breaks the pipe is refused to a page of another site: %s', async (act) => {
    const response = await request(open.url)
      .post(`/api/pipeline/${act}`)
      .set('Sec-Fetch-Site', 'cross-site')
      .send({});
    expectError(response, 403, 'other_origin');
  });

  it('what breaks the pipe is refused to what came by way of a proxy', async () => {
    const response = await request(open.url).post('/api/pipeline/heal').set('X-Forwarded-For', '10.0.0.1');
    expectError(response, 403, 'local_only');
  });

  it('a part can’t be killed where nobody keeps the parts', async () => {
    expectError(await request(open.url).post('/api/pipeline/parts/ingest/kill'), 503, 'no_control');
  });

  it.each([
    ['seconds', { target: 'kafka', kind: 'slow', seconds: 301 }],
    ['ms', { target: 'kafka', kind: 'slow', ms: 1 }],
    ['target', { target: 'disk', kind: 'slow' }],
    ['kind', { target: 'kafka', kind: 'loud' }],
  ])('who asks for a fault is told what of it can’t be used: %s', async (field, body) => {
    const response = await request(open.url).post('/api/pipeline/faults').send(body);
    expectError(response, 400, 'bad_request');
    expect(response.body.error.message).toContain(field);
  });

  it.each([
    { target: 'outbox', kind: 'slow' },
    { target: 'kafka', kind: 'full' },
  ])('a fault that is another target’s is refused: %o', async (body) => {
    expectError(await request(open.url).post('/api/pipeline/faults').send(body), 400, 'bad_request');
  });
});

describe('a full outbox', () => {
  it('a full outbox takes no event until it is healed, and says so', async () => {
    const full = { target: 'outbox', kind: 'full', seconds: 60 };
    const asked = request(locked.url).post('/api/pipeline/faults').auth('any', PASSWORD);
    const { body } = await asked.send(full).expect(202);
    expect(body.faults).toMatchObject([{ target: 'outbox', kind: 'full', ms: null }]);
    const refused = await request(locked.url).post('/api/events').send(anEvent());
    expectError(refused, 503, 'not_taken');
    const looked = await request(locked.url).get('/api/pipeline').expect(200);
    expect(looked.body.outbox).toMatchObject({ turned_away: 1, taken: 0, waiting: 0 });
    await request(locked.url).post('/api/pipeline/heal').auth('any', PASSWORD).expect(202);
    await request(locked.url).post('/api/events').send(anEvent()).expect(202);
  });

  it('a full outbox ends by itself', async () => {
    const full = { target: 'outbox', kind: 'full', seconds: 1 };
    await request(open.url).post('/api/pipeline/faults').send(full).expect(202);
    await expect
      .poll(async () => (await request(open.url).post('/api/events').send(anEvent())).status, {
        timeout: 10_000,
      })
      .toBe(202);
    expect((await request(open.url).get('/api/pipeline')).body.faults).toEqual([]);
  });
});
