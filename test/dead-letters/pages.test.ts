import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_EVENT_BYTES } from '../../src/events/parse.ts';
import { setAside } from '../support/dead-letters.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

const get = (path: string) => request(line.url).get(path).set('Accept', 'text/html');
const post = (path: string, fields: object) =>
  request(line.url).post(path).set('Accept', 'text/html').type('form').send(fields);
const draftIn = (html: string) =>
  /<textarea[^>]*>\n([\s\S]*?)<\/textarea>/
    .exec(html)?.[1]
    ?.replaceAll('&#34;', '"')
    .replaceAll('&amp;', '&');

describe('/events/rejected', () => {
  it('/events/rejected says how to make a message that it would show, while there is none', async () => {
    const { text } = await get('/events/rejected').expect(200);
    expect(text).toContain('Nothing is set aside');
    expect(text).toContain(`kcat -P -b ${line.config.KAFKA_BROKERS?.[0]} -t ecommerce`);
  });

  it('/events/rejected lists, counts by code and filters', async () => {
    await setAside(line, ['one', 'two', null]);
    const all = await get('/events/rejected').expect(200);
    expect(all.text.match(/<li class="dead-letter">/g)).toHaveLength(3);
    expect(all.text).toContain('data-count="not_json">2</span>');
    const filtered = await get('/events/rejected?code=empty').expect(200);
    expect(filtered.text.match(/<li class="dead-letter">/g)).toHaveLength(1);
    await get('/events/rejected?code=odd&state=odd&before=odd').expect(200);
  });

  it('/events/rejected pages through more than fit', async () => {
    await setAside(
      line,
      Array.from({ length: 30 }, (_, index) => `letter ${index}`),
    );
    const first = await get('/events/rejected').expect(200);
    const older = /href="([^"]*before=\d+)"/
      .exec(first.text)?.[1]
      ?.replaceAll('&#38;', '&')
      .replaceAll('&amp;', '&');
    const second = await get(older ?? '').expect(200);
    expect(first.text).toContain('letter 29');
    expect(second.text).not.toContain('letter 29');
    expect(second.text).toContain('letter 0');
  });
});

describe('/events/rejected/:id', () => {
  it('/events/rejected/:id shows what was sent without letting it be markup, and names what can not be seen', async () => {
    const [id] = await setAside(line, ['</textarea></pre><script>alert(1)</script>\u202e\u0000"\'']);
    const { text } = await get(`/events/rejected/${id}`).expect(200);
    expect(text).not.toContain('<script>alert');
    expect(text).not.toMatch(/[\u202e\0]/);
    expect(text).toContain('<span class="hidden-character">U+202E</span>');
    expect(text).toContain('&lt;script&gt;alert(1)');
  });

  it('/events/rejected/:id sends a mended event by its form, and shows the trace of that event afterwards', async () => {
    const event = anEvent();
    const [id] = await setAside(line, [JSON.stringify({ ...event, target: 1 })]);
    const page = await get(`/events/rejected/${id}`);
    expect(JSON.parse(draftIn(page.text) ?? '')).toEqual({ ...event, target: 1 });
    await post(`/events/rejected/${id}/send`, { event: JSON.stringify(event) })
      .expect(303)
      .expect('Location', `/events/rejected/${id}`);
    const settled = await get(`/events/rejected/${id}`).expect(200, /Sent again/);
    expect(settled.text).toContain(`data-trace="${event.order_id}"`);
    await eventually(
      async () => (await request(line.url).get(`/api/events/${event.order_id}`)).body.hops?.stored_at,
    );
    await post(`/events/rejected/${id}/send`, { event: JSON.stringify(event) }).expect(409);
  });

  it.each([
    ['arrays in arrays', '['.repeat(120_000) + ']'.repeat(120_000)],
    ['arrays in arrays, as large as an event may be', '['.repeat(32_000) + ']'.repeat(32_000)],
    ['many short lines at a depth', `${'['.repeat(15)}${'1,'.repeat(30_000)}1${']'.repeat(15)}`],
    ['characters that draw nothing', '\0'.repeat(240_000)],
    ['characters that draw nothing, never twice the same', '\0\u200b'.repeat(60_000)],
    ['quotation marks', '"'.repeat(64_000)],
    ['bytes that are no text', Buffer.alloc(240_000, 0xff)],
  ])('/events/rejected/:id is a small page, and a download, whatever was sent: %s', async (_name, sent) => {
    const [id] = await setAside(line, [sent]);
    const { text } = await get(`/events/rejected/${id}`).expect(200);
    expect(text.length).toBeLessThan(512 * 1024);
    expect(text).toContain('Download all');
    const raw = await get(`/events/rejected/${id}/raw`)
      .buffer()
      .parse((res, done) => {
        const parts: Buffer[] = [];
        res.on('data', (part) => parts.push(part));
        res.on('end', () => done(null, Buffer.concat(parts)));
      })
      .expect('Content-Type', 'application/octet-stream')
      .expect('Content-Disposition', `attachment; filename=rejected-${id}.bin`);
    expect(raw.body.equals(Buffer.from(sent))).toBe(true);
    const draft = draftIn(text) ?? '';
    expect(Buffer.byteLength(draft)).toBeLessThanOrEqual(MAX_EVENT_BYTES);
    expect(draft === '').toBe(text.includes('can’t become an event by editing'));
  });

  it('/events/rejected/:id keeps what somebody has typed where it is refused, and says why', async () => {
    const [id] = await setAside(line, ['nonsense']);
    const { text } = await post(`/events/rejected/${id}/send`, { event: '{"title": "<b>"}' }).expect(400);
    expect(draftIn(text)).toBe('{"title": "&lt;b&gt;"}');
    expect(text).toContain('aria-invalid="true"');
    expect(text).toContain('order_id: received nothing');
  });

  it('/events/rejected/:id discards from the page and from the list', async () => {
    const [first, second] = await setAside(line, ['first', 'second']);
    await post(`/events/rejected/${first}/discard`, {})
      .expect(303)
      .expect('Location', `/events/rejected/${first}`);
    await get(`/events/rejected/${first}`).expect(200, /Discarded/);
    await post(`/events/rejected/${second}/discard`, { from: 'list' })
      .expect(303)
      .expect('Location', '/events/rejected');
  });

  it('/events/rejected/:id takes no form of another site', async () => {
    const [id] = await setAside(line, ['nonsense']);
    await post(`/events/rejected/${id}/discard`, {}).set('Origin', 'https://elsewhere.example').expect(403);
    await post(`/events/rejected/${id}/send`, { event: JSON.stringify(anEvent()) })
      .set('Sec-Fetch-Site', 'cross-site')
      .expect(403);
    await get(`/events/rejected/${id}`).expect(200, /Mend it/);
  });

  it('/events/rejected/:id is not taken for the page of an event, and is 404 for no id', async () => {
    await get('/events/rejected').expect(200, /Rejected messages/);
    await get('/events/rejected/none').expect(404, /There is nothing here|no such dead letter/);
  });
});
