// The context of an event, from the request that brought it and from what its sender says of the visitor. The one place
// that fills `context`: whatever headers come, it is something that the event's schema takes.

import type { Request } from 'express';
import { isbot } from 'isbot';
import { DEVICE_TYPES, type DeviceType, type EventContext } from '../events/event.ts';
import { clientAddressOf } from '../http/client-address.ts';
import type { IpStorage } from './ip-storage.ts';
import { asksForPrivacy, storedAddress, storedReferrer } from './privacy.ts';
import { simulatedAddress } from './simulated.ts';
import { isUntelling } from './user-agent.ts';

const LONGEST_USER_AGENT = 1024;
const LONGEST_REFERRER = 2048;
/** Set by public/js/device.js. */
const DEVICE_COOKIE = 'device_type';

/** What a visitor's own request tells of the visitor. */
export function visitorContext(req: Request, storage: IpStorage): EventContext {
  const { user_agent, device_type, ...rest } = clientContext(req, storage);
  if (user_agent === undefined) return rest;
  const { ip, referrer } = rest;
  return {
    ...(ip === undefined ? {} : { ip }),
    user_agent,
    ...(device_type === undefined ? {} : { device_type }),
    bot: isbot(user_agent),
    ...(referrer === undefined ? {} : { referrer }),
    ...(simulatedAddress(req) === undefined ? {} : { simulated: true }),
  };
}

/**
 * Makes the contexts of events that a client posts. What it says of the visitor wins; address, user agent and referrer
 * that it doesn't tell are its own. Whether the visitor is a robot, only the event says: who posts is often a program.
 * @returns a function from what an event came with to what it is sent with
 */
export function postedContext(
  req: Request,
  storage: IpStorage,
  receivedAt: string,
): (given: EventContext | undefined) => EventContext {
  const own = clientContext(req, storage);
  const common = { ...own, received_at: receivedAt };
  const bots = new Map<string, boolean>();
  const isBot = (userAgent: string): boolean => {
    const known = bots.get(userAgent) ?? isbot(userAgent);
    bots.set(userAgent, known);
    return known;
  };
  return (given) => {
    if (given === undefined) return common;
    const { ip, referrer, ...rest } = given;
    const told = given.user_agent;
    const address = ip === undefined ? undefined : storedAddress(ip, storage);
    return {
      ...(told === undefined ? own : {}),
      ...(address === undefined ? {} : { ip: address }),
      ...(told === undefined ? {} : { user_agent: told }),
      ...(referrer === undefined ? {} : { referrer: storedReferrer(referrer) }),
      ...rest,
      ...(given.bot === undefined && told !== undefined ? { bot: isBot(told) } : {}),
      received_at: receivedAt,
    };
  };
}

/** What a request tells of its client. Cut to what the schema takes: a header is no reason to lose an event. */
function clientContext(
  req: Request,
  storage: IpStorage,
): Pick<EventContext, 'ip' | 'user_agent' | 'device_type' | 'referrer'> {
  const address = asksForPrivacy(req) ? undefined : (simulatedAddress(req) ?? clientAddressOf(req));
  const ip = address === undefined ? undefined : storedAddress(address, storage);
  const userAgent = headerText(req.get('user-agent'), LONGEST_USER_AGENT);
  const referrer = headerText(req.get('referer'), LONGEST_REFERRER);
  const deviceType = toldDeviceType(req);
  return {
    ...(ip === undefined ? {} : { ip }),
    ...(userAgent === undefined ? {} : { user_agent: userAgent }),
    ...(deviceType === undefined ? {} : { device_type: deviceType }),
    ...(referrer === undefined ? {} : { referrer: storedReferrer(referrer) }),
  };
}

/** What the shop's page has told of the browser's device; undefined where the user agent tells it. */
export function toldDeviceType(req: Request): DeviceType | undefined {
  return isUntelling(req.get('user-agent')) ? deviceOfPages(req) : undefined;
}

/** The same whatever the request's own user agent is: a page's worker may have another. */
export function deviceOfPages(req: Request): DeviceType | undefined {
  return DEVICE_TYPES.find((type) => type === req.cookies?.[DEVICE_COOKIE]);
}

/** Node reads headers as Latin-1 and refuses control characters, so any cut of one is text that can be stored. */
function headerText(header: string | undefined, longest: number): string | undefined {
  return header === undefined || header === '' ? undefined : header.slice(0, longest);
}
