// A shopper at the shop's pages: its requests, and the parts of the pages that it reads: the banner or ad, the order form, and
// the ids in the trace bar.

import { findItem } from '../../catalogue/catalogue.ts';
import { SIMULATED_HEADER, simulatedHeader } from '../../enrichment/simulated.ts';
import type { Shopper } from '../core/shopper.ts';
import type { Shown } from '../core/visit.ts';
import type { Answer, Cookies, HttpClient } from './http-client.ts';

const MOST_TRIES = 20;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' } as const;

/** An event of the trace bar. `isLost`: the shop refused it, as its outbox was full. */
export type SeenTrace = { readonly orderId: string; readonly isLost: boolean };
/** The contents of a page, and the events that it has caused, newest first. */
export type Seen = {
  readonly shown: Shown;
  readonly traces: readonly SeenTrace[];
  readonly form: OrderForm | undefined;
};
export type OrderForm = { readonly order_id: string; readonly signature: string; readonly item: string };

/** An unexpected response of the shop. */
export class PageError extends Error {
  override readonly name = 'PageError';
}

export class Browser {
  readonly #client: HttpClient;
  readonly #cookies: Cookies = new Map();
  readonly #headers: Readonly<Record<string, string>>;
  #hasSentProfile = false;
  #referrer: string | undefined;
  readonly shopper: Shopper;

  /** @param secret the shop's; without it the shop does not recognise the shopper as simulated */
  constructor(client: HttpClient, shopper: Shopper, secret: string | undefined) {
    this.#client = client;
    this.shopper = shopper;
    this.#headers = {
      'user-agent': shopper.userAgent,
      accept: 'text/html',
      ...(secret === undefined ? {} : { [SIMULATED_HEADER]: simulatedHeader(secret, shopper.ip) }),
    };
  }

  /** The shopper's user_id at the shop, 32 hex digits. */
  get userId(): string {
    const cookie = decodeURIComponent(this.#cookies.get('visitor') ?? '');
    return /^s:([0-9a-f]{32})\./.exec(cookie)?.[1] ?? this.shopper.userId;
  }

  /** Requests the front page. */
  async look(): Promise<Seen> {
    const seen = readPage(await this.#get('/'));
    if (!this.#hasSentProfile) await this.#sendProfile();
    return seen;
  }

  /** Requests the page of a product by a click on its banner. */
  async click({ item, pageId }: Shown): Promise<Seen> {
    return readPage(await this.#get(`/product/${item.product}?item=${item.slug}&page_id=${pageId}`));
  }

  /**
   * Places an order, and repeats the request where Kafka has not acknowledged it, which orders once.
   * @returns false where the shop could not take it: nothing was ordered
   */
  async order(form: OrderForm): Promise<boolean> {
    const body = new URLSearchParams(form).toString();
    for (let tries = 0; ; tries += 1) {
      const answer = await this.#post('/order', FORM, body);
      if (answer.status === 303) return true;
      // With the form on its page, the order waits in the shop's outbox and may be asked for again; without it, it was refused.
      if (answer.status === 503 && !answer.body.includes('name="order_id"')) return false;
      if (answer.status !== 503 || tries === MOST_TRIES)
        throw new PageError(`POST /order was answered with ${answer.status}`);
    }
  }

  /** Sends bytes to the collector. */
  collect(body: string): Promise<Answer> {
    return this.#post(
      '/api/events',
      { 'content-type': 'application/json', accept: 'application/json' },
      body,
    );
  }

  /** Sends age and gender, once, as visitors can. */
  async #sendProfile(): Promise<void> {
    this.#hasSentProfile = true;
    const { gender, birthdate = '' } = this.shopper;
    if (gender === 'U') return;
    await this.#post('/visitor', FORM, new URLSearchParams({ gender, birthdate, here: '/' }).toString());
  }

  async #get(path: string): Promise<string> {
    const referer = this.#referrer === undefined ? {} : { referer: this.#referrer };
    const answer = await this.#client.ask(
      { method: 'GET', path, headers: { ...this.#headers, ...referer } },
      this.#cookies,
    );
    if (answer.status !== 200) throw new PageError(`GET ${path} was answered with ${answer.status}`);
    this.#referrer = this.#client.urlOf(path);
    return answer.body;
  }

  #post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
    return this.#client.ask(
      { method: 'POST', path, headers: { ...this.#headers, ...headers }, body },
      this.#cookies,
    );
  }
}

/** @throws {PageError} where there is no banner on it */
export function readPage(html: string): Seen {
  const [, slug = '', pageId = ''] =
    /href="[^"]*\/product\/\w+\?item=([\w-]+)&(?:amp;|#38;)?page_id=([0-9a-f]{32})"/.exec(html) ?? [];
  const item = findItem(slug);
  if (item === undefined) throw new PageError('a page of the shop showed no banner');
  const traces = [...html.matchAll(/data-trace="([0-9a-f]{32})"([^>]*)/g)].map(
    ([, orderId = '', others = '']) => ({ orderId, isLost: /\sdata-lost(?![\w-])/.test(others) }),
  );
  return { shown: { item, pageId }, traces, form: readForm(html) };
}

function readForm(html: string): OrderForm | undefined {
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];
  const [order_id, signature, item] = [field('order_id'), field('signature'), field('item')];
  return order_id === undefined || signature === undefined || item === undefined
    ? undefined
    : { order_id, signature, item };
}
