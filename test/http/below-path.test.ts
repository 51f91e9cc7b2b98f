import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { prefixLinks, prefixPath, stripPath } from '../../src/http/below-path.ts';

/** A shop below a path, which tells what its routes see. */
function shopBelow(path: string, isSecure = false) {
  const app = express();
  prefixPath(app, path, () => isSecure);
  app.use(stripPath(path));
  app.get('/set', (_req, res) =>
    res.cookie('a', '1', { httpOnly: true }).cookie('b', '2', { path: '/x', secure: !isSecure }).json({}),
  );
  app.get('/away', (req, res) => res.redirect(String(req.query.to)));
  app.use((req, res) => res.json({ url: req.url, original: req.originalUrl, host: req.headers.host }));
  return app;
}

describe('a request', () => {
  it.each([
    ['/shop', '/shop', '/'],
    ['/shop', '/shop/', '/'],
    ['/shop', '/shop?a=1', '/?a=1'],
    ['/shop', '/shop/product/x?a=/shop/y', '/product/x?a=/shop/y'],
    // A proxy may have taken the path off.
    ['/shop', '/product/x', '/product/x'],
    ['/shop', '/shopping', '/shopping'],
    ['/shop', '/shop/shop', '/shop'],
    ['/a/b', '/a/b/c', '/c'],
    ['', '/shop', '/shop'],
  ])('a request to a shop below %j for %s is one for %s', async (path, asked, url) => {
    const { body } = await request(shopBelow(path)).get(asked);
    expect(body).toMatchObject({ url, original: url });
  });

  it.each([
    ['http://x.org/shop/y?z', '/y?z'],
    ['HTTP://x.org/y', '/y'],
    ['http://x.org', '/'],
    ['http://x.org?z', '/?z'],
  ])('a request for the absolute address %s is one for %s, and its host counts', (asked, url) => {
    const req = { url: asked, originalUrl: asked, headers: { host: 'other.example' } };
    stripPath('/shop')(req as unknown as express.Request, {} as express.Response, () => {});
    expect(req).toMatchObject({ url, originalUrl: url, headers: { host: 'x.org' } });
  });
});

describe('an answer', () => {
  it.each([
    ['/shop', 'Path=/shop'],
    ['', 'Path=/'],
  ])('of a shop below %j sets its cookies for %s, whatever the route said', async (path, words) => {
    const cookies = (await request(shopBelow(path)).get('/set')).headers['set-cookie'];
    expect(cookies).toEqual([`a=1; ${words}; HttpOnly`, `b=2; ${words}`]);
  });

  it('an answer sends every cookie by TLS alone where the request came so', async () => {
    const cookies = (await request(shopBelow('', true)).get('/set')).headers['set-cookie'];
    expect(cookies).toEqual(['a=1; Path=/; HttpOnly; Secure', 'b=2; Path=/; Secure']);
  });

  it.each([
    ['/', '/shop/'],
    ['/product/x?a=1', '/shop/product/x?a=1'],
    ['//elsewhere.example/', '//elsewhere.example/'],
    ['https://elsewhere.example/', 'https://elsewhere.example/'],
  ])('redirects to %s by the location %s', async (to, location) => {
    const { headers } = await request(shopBelow('/shop')).get('/away').query({ to });
    expect(headers.location).toBe(location);
  });
});

describe('the links of a page', () => {
  it('the links of a page are moved where they are of the shop', () => {
    expect(
      prefixLinks(
        '/shop',
        '<a href="/"><img src="/a.svg"><form action="/order"><button formaction="/x"><a href="//y.example/"><a href="https://z.example/"><a href="#top"><a data-href="/no">',
      ),
    ).toBe(
      '<a href="/shop/"><img src="/shop/a.svg"><form action="/shop/order"><button formaction="/shop/x"><a href="//y.example/"><a href="https://z.example/"><a href="#top"><a data-href="/no">',
    );
  });

  it('the links of a page stay where the shop is at the top of its host', () => {
    expect(prefixLinks('', '<a href="/">')).toBe('<a href="/">');
  });

  it('the links of a page do not take escaped text of a visitor for one', () => {
    const text = '<p>a href=&#34;/x&#34;</p>';
    expect(prefixLinks('/shop', text)).toBe(text);
  });
});
