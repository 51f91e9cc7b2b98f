import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { setAside } from '../support/dead-letters.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

const api = () => request(line.url);
const send = (id: number | undefined, body: string) =>
  api().post(`/api/dead-letters/${id}/send`).type('application/json').send(body);
const storedRows = async (orderId: string) =>
  (await line.pool.query('SELECT FROM events WHERE order_id = $1', [orderId])).rowCount;

describe('GET /api/dead-letters', () => {
  it('GET /api/dead-letters lists newest first, a page at a time, until all were seen', async () => {
    const ids = await setAside(line, ['a', 'b', 'c', 'd', 'e']);
    const seen: number[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await api().get(`/api/dead-letters?limit=2${cursor}`).expect(200);
      seen.push(...body.rows.map((letter: { id: number }) => letter.id));
      if (body.next === null) break;
      cursor = `&before=${body.next}`;
    }
    expect(seen.slice(0, 5)).toEqual(ids.toReversed());
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('GET /api/dead-letters filters by code, state and place, and counts every code', async () => {
    const [first] = await setAside(line, ['x', null, '{"title":"banner_hover"}', null]);
    const { body } = await api().get('/api/dead-letters?code=empty&topic=ecommerce&partition=0').expect(200);
    expect(body.rows.map(({ code }: { code: string }) => code)).toEqual(['empty', 'empty']);
    expect(body.counts).toMatchObject({ empty: 2, not_an_event: 1 });
    expect(body.counts.not_json).toBeGreaterThanOrEqual(1);
    const nowhere = await api().get('/api/dead-letters?partition=77').expect(200);
    expect(nowhere.body).toEqual({ rows: [], next: null, counts: {} });
    await api().post(`/api/dead-letters/${first}/discard`).expect(200);
    const discarded = await api().get('/api/dead-letters?state=discarded').expect(200);
    expect(discarded.body.rows.map(({ id }: { id: number }) => id)).toEqual([first]);
  });

  it('GET /api/dead-letters gives text where it is UTF-8 and base64 elsewhere, and cuts long payloads between characters', async () => {
    const bytes = Buffer.from([0xc3, 0x28, 0x00, 0xff]);
    const [binary, long] = await setAside(line, [bytes, 'ü€🙂'.repeat(2_000)]);
    const listed = (await api().get('/api/dead-letters?limit=2').expect(200)).body.rows;
    expect(listed[1].payload).toEqual({
      encoding: 'base64',
      value: bytes.toString('base64'),
      bytes: 4,
      cut: false,
    });
    expect(listed[0].payload).toMatchObject({ encoding: 'utf8', bytes: 18_000, cut: true });
    expect('ü€🙂'.repeat(2_000).startsWith(listed[0].payload.value)).toBe(true);
    const whole = await api().get(`/api/dead-letters/${long}`).expect(200);
    expect(whole.body.payload).toMatchObject({ value: 'ü€🙂'.repeat(2_000), cut: false });
    expect((await api().get(`/api/dead-letters/${binary}`)).body.key.value).toBe('somebody');
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=1000', 'limit'],
    ['before=soon', 'before'],
    ['code=odd', 'code'],
    ['page=2', 'page'],
  ])('GET /api/dead-letters refuses %s', async (query, parameter) => {
    const { body } = await api().get(`/api/dead-letters?${query}`).expect(400);
    expect(body.error.message).toContain(parameter);
  });

  it.each(['0', 'x', '-1', '99999999999999999999'])(
    'GET /api/dead-letters knows no letter %s',
    async (id) => {
      const { body } = await api().get(`/api/dead-letters/${id}`).expect(404);
      expect(body.error.code).toBe('not_found');
    },
  );
});

describe('POST /api/dead-letters/:id/send', () => {
  it('POST /api/dead-letters/:id/send stores the edited event and says so on the dead letter, once', async () => {
    const event = anEvent();
    const [id] = await setAside(line, [JSON.stringify({ ...event, title: 'banner_hover' })]);
    const { body } = await send(id, JSON.stringify(event)).expect(202);
    expect(body).toMatchObject({ order_id: event.order_id, partition: expect.any(Number) });
    expect(body.letter).toMatchObject({ id, state: 'resent', resent_as: event.order_id });
    expect(Date.parse(body.letter.settled_at)).toBeGreaterThan(Date.now() - 60_000);
    await eventually(async () => (await storedRows(event.order_id)) === 1);
    const again = await send(id, JSON.stringify(anEvent())).expect(409);
    expect(again.body.error).toMatchObject({ code: 'not_open', received: 'resent' });
    await api().post(`/api/dead-letters/${id}/discard`).expect(409);
  });

  it('POST /api/dead-letters/:id/send says what is wrong with an event, and leaves the dead letter open', async () => {
    const [id] = await setAside(line, ['nonsense']);
    const wrong = await send(id, JSON.stringify({ ...anEvent(), product: 'cars' })).expect(400);
    expect(wrong.body.error).toMatchObject({
      code: 'not_an_event',
      message: expect.stringContaining('product: received "cars", expected accessories'),
    });
    expect((await send(id, '{').expect(400)).body.error.code).toBe('not_json');
    expect((await send(id, '').expect(400)).body.error.code).toBe('empty');
    await send(id, `"${'x'.repeat(70_000)}"`).expect(413);
    await api().post(`/api/dead-letters/${id}/send`).type('form').send({ a: 1 }).expect(415);
    expect((await api().get(`/api/dead-letters/${id}`)).body.state).toBe('open');
  });

  it.each([
    { Origin: 'https://elsewhere.example' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'null' },
  ])('POST /api/dead-letters/:id/send is not done for a page of another site: %o', async (headers) => {
    const [id] = await setAside(line, ['nonsense']);
    const answer = await send(id, JSON.stringify(anEvent())).set(headers).expect(403);
    expect(answer.body.error.code).toBe('other_origin');
    await api().post(`/api/dead-letters/${id}/discard`).set(headers).expect(403);
    expect((await api().get(`/api/dead-letters/${id}`)).body.state).toBe('open');
  });
});
