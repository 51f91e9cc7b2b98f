// A request becomes an event: built, kept by the publisher, traced. A page never waits for Kafka; an order does.

import type { Request } from 'express';
import type { CatalogueItem } from '../catalogue/catalogue.ts';
import type { IpStorage } from '../enrichment/ip-storage.ts';
import { visitorContext } from '../enrichment/request-context.ts';
import { isVisit } from '../enrichment/visit.ts';
import type { EventContext, ShopEvent, Title } from '../events/event.ts';
import { newOrderId, ORDER_PAGE_ID } from '../events/ids.ts';
import { KafkaError } from '../kafka/errors.ts';
import {
  type Acknowledgement,
  acknowledgementOf,
  type Outcome,
  type Publisher,
  type Recovered,
} from '../kafka/publisher.ts';
import { messageOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import type { Visitor } from '../site/visitor.ts';
import type { Hops, Traces } from '../tracing/traces.ts';

const WARN_EVERY_MS = 1_000;

/** What a visitor did: a show or a click of a page, or an order. */
export type Action =
  | { readonly title: 'banner_show' | 'banner_click'; readonly item: CatalogueItem; readonly pageId: string }
  | { readonly title: 'order'; readonly item: CatalogueItem; readonly orderId: string };

export class Tracking {
  readonly #publisher: Publisher;
  readonly #traces: Traces;
  readonly #ipStorage: IpStorage;
  readonly #log: Logger;
  #lost = 0;
  #warning: NodeJS.Timeout | undefined;

  constructor(publisher: Publisher, traces: Traces, ipStorage: IpStorage, log: Logger) {
    this.#publisher = publisher;
    this.#traces = traces;
    this.#ipStorage = ipStorage;
    this.#log = log;
  }

  /**
   * Publishes the event of a page, where the request is a visit. Never throws and never waits: the page is answered even where its
   * events fail.
   */
  track(req: Request, visitor: Visitor, action: Action): void {
    if (!isVisit(req)) return;
    const event = this.eventOf(req, visitor, action);
    try {
      this.publish(event).catch(() => {});
    } catch {
      // publish() has logged it and the trace bar shows it.
    }
  }

  /** The event of an action, now. */
  eventOf(req: Request, visitor: Visitor, action: Action): ShopEvent {
    return toEvent(req, visitor, action, this.#ipStorage);
  }

  /**
   * Publishes an event and traces it.
   * @returns once Kafka has it; rejects with KafkaError REFUSED or CLOSED
   * @throws {KafkaError} as Publisher.publishAll does
   */
  publish(event: ShopEvent): Promise<Acknowledgement> {
    return this.publishAll([event]).then(acknowledgementOf);
  }

  /** The same for several events, as Publisher.publishAll does. */
  publishAll(events: readonly ShopEvent[]): Promise<readonly Outcome[]> {
    const now = Date.now();
    const begun = events.map((event) => this.#traces.begin(event, now));
    if (this.#log.isLevelEnabled('debug'))
      for (const { order_id, title } of events) this.#log.debug({ order_id, title }, 'event received');
    try {
      const outcomes = this.#publisher.publishAll(events);
      this.#follow(begun, outcomes);
      return outcomes;
    } catch (error) {
      for (const hops of begun) this.#lose(hops, error);
      throw error;
    }
  }

  /** Traces an event that an earlier process accepted. */
  resume({ event, outcomes }: Recovered): void {
    const receivedAt = Date.parse(event.context?.received_at ?? event.time);
    this.#follow([this.#traces.begin(event, receivedAt)], outcomes);
  }

  #follow(begun: readonly Hops[], outcomes: Promise<readonly Outcome[]>): void {
    void outcomes.then((settled) => {
      for (const [index, outcome] of settled.entries()) {
        const hops = begun[index] as Hops;
        if (outcome instanceof KafkaError) this.#lose(hops, outcome);
        else this.#acknowledge(hops, outcome);
      }
    });
  }

  #acknowledge(hops: Hops, acknowledgement: Acknowledgement): void {
    if (this.#log.isLevelEnabled('debug')) {
      const { partition, offset } = acknowledgement;
      const { order_id } = hops.event;
      this.#log.debug({ order_id, partition, offset: offset.toString() }, 'event is in Kafka');
    }
    this.#traces.acknowledged(hops, acknowledgement);
  }

  #lose(hops: Hops, error: unknown): void {
    const reason = messageOf(error);
    const { order_id, title } = hops.event;
    this.#log.debug({ order_id, title }, `event not taken: ${reason}`);
    this.#traces.lost(hops, reason);
    this.#lost += 1;
    this.#warning ??= setTimeout(() => this.#warn(reason), WARN_EVERY_MS).unref();
  }

  /** A full disk refuses every event: the log must not fill it further. */
  #warn(reason: string): void {
    this.#log.warn({ events: this.#lost }, `events not taken: ${reason}`);
    this.#lost = 0;
    this.#warning = undefined;
  }
}

/** The event of an action, now. */
export function toEvent(req: Request, visitor: Visitor, action: Action, ipStorage: IpStorage): ShopEvent {
  const time = new Date().toISOString();
  return {
    order_id: action.title === 'order' ? action.orderId : newOrderId(),
    user_id: visitor.id,
    page_id: action.title === 'order' ? ORDER_PAGE_ID : action.pageId,
    product: action.item.product,
    site_version: visitor.siteVersion,
    time,
    title: action.title satisfies Title,
    target: action.title === 'order' ? 1 : 0,
    context: {
      ...visitorContext(req, ipStorage),
      ...profileContext(visitor),
      item: action.item.slug,
      received_at: time,
    },
  };
}

function profileContext({ profile }: Visitor): EventContext {
  return { gender: profile.gender, ...(profile.birthdate === null ? {} : { birthdate: profile.birthdate }) };
}
