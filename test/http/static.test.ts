import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
const stored = anEvent({ title: 'order', product: 'clothes' });
beforeAll(async () => {
  line = await startLine();
  await request(line.url).post('/api/events').send(stored).expect(202);
  await eventually(async () => {
    const { body } = await request(line.url).get(`/api/events/${stored.order_id}`);
    return body.hops?.stored_at;
  });
});

describe('files of the shop', () => {
  it.each(['/css/tokens.css', '/vendor/chart.umd.min.js'])(
    'files of the shop come from its own origin: %s',
    async (path) => {
      const response = await request(line.url).get(path).expect(200);
      expect(response.headers['cache-control']).toContain('max-age=0');
      expect(response.headers.etag).toBeDefined();
      expect(response.headers['content-type']).toMatch(/javascript|css/);
    },
  );

  it('files of the shop are kept for good where a page names them, as their address changes with them', async () => {
    const { text } = await request(line.url).get('/dashboard').expect(200);
    const named = [...text.matchAll(/<(?:script|link)[^>]*(?:src|href)="(\/files\/[^"]+)"/g)].map(
      ([, file = '']) => file,
    );
    expect(named.length).toBeGreaterThan(3);
    for (const file of named) {
      const { headers } = await request(line.url).get(file).expect(200);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      const { text: other } = await request(line.url).get(file.replace(/\/files\/\w+/, ''));
      expect((await request(line.url).get(file)).text).toBe(other);
    }
  });

  it('files of the shop are asked for again below the address of another build', async () => {
    const { headers } = await request(line.url).get('/files/0123456789abcdef/js/base.js').expect(200);
    expect(headers['cache-control']).toBe('public, max-age=0');
  });

  it('files of the shop are all there that the pages name', async () => {
    const pages = [
      '/',
      '/product/clothes',
      `/order/${stored.order_id}`,
      '/dashboard',
      `/events/${stored.order_id}`,
      '/nothing',
    ];
    const texts = await Promise.all(
      pages.map(async (page) => (await request(line.url).get(page).set('Accept', 'text/html')).text),
    );
    const named = new Set(
      texts.flatMap((text) =>
        [...text.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? ''),
      ),
    );
    expect(named.size).toBeGreaterThan(3);
    for (const file of named) {
      if (file.startsWith('data:')) continue;
      expect(file).toMatch(/^\//);
      await request(line.url).get(file.replaceAll('&amp;', '&')).expect(200);
    }
    for (const text of texts) expect(text).not.toMatch(/<script(?![^>]*src=)[^>]*>|\son\w+="|style="/);
  });
});
