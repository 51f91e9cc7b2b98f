// The visitor: an id in a signed first-party cookie, the site version, and the profile that the visitor has given. A cookie that
// is missing, forged or signed with an older secret counts as a new visitor's.

import type { CookieOptions, Request, Response } from 'express';
import { z } from 'zod';
import { asksForPrivacy } from '../enrichment/privacy.ts';
import { toldDeviceType } from '../enrichment/request-context.ts';
import { clientOf } from '../enrichment/user-agent.ts';
import { DEVICES, type Device } from '../events/event.ts';
import { isId, newId } from '../events/ids.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const COOKIES = ['visitor', 'profile', 'site_version'] as const;
const COOKIE: CookieOptions = { httpOnly: true, sameSite: 'lax', signed: true, path: '/' };

/** A year; until the browser is closed where it asks for privacy. */
const lasting = (req: Request): CookieOptions =>
  asksForPrivacy(req) ? COOKIE : { ...COOKIE, maxAge: YEAR_MS };

const profileSchema = z.object({
  gender: z.enum(['F', 'M', 'U']),
  birthdate: z.iso.date().nullable(),
});
export type Profile = z.infer<typeof profileSchema>;
const UNKNOWN: Profile = { gender: 'U', birthdate: null };

export type Visitor = {
  /** 32 hex digits. */
  readonly id: string;
  readonly profile: Profile;
  readonly siteVersion: Device;
  readonly siteVersionForced: boolean;
};

const answered = new WeakSet<Response>(); // that have the cookies they need

/** The visitor of a request, the same one each time it is asked for; a new one gets a cookie with the response. */
export function visitorOf(req: Request, res: Response): Visitor {
  const cookies: Record<string, unknown> = req.signedCookies;
  let id = cookies.visitor;
  if (!isId(id)) {
    id = newId();
    cookies.visitor = id;
    res.cookie('visitor', id, lasting(req));
  } else if (asksForPrivacy(req) && !answered.has(res)) shorten(cookies, res);
  answered.add(res);
  const forced = DEVICES.find((device) => device === cookies.site_version);
  return {
    id: String(id),
    profile: readProfile(cookies.profile),
    siteVersion: forced ?? deviceOf(req),
    siteVersionForced: forced !== undefined,
  };
}

/** Makes cookies of a time when the browser did not ask for privacy last no longer than the browser is open. */
function shorten(cookies: Readonly<Record<string, unknown>>, res: Response): void {
  for (const name of COOKIES) {
    const value = cookies[name];
    if (value !== undefined && value !== false) res.cookie(name, value, COOKIE);
  }
}

function readProfile(cookie: unknown): Profile {
  const parsed = profileSchema.safeParse(cookie);
  return parsed.success ? parsed.data : UNKNOWN;
}

/** Phones and tablets get the mobile site. */
function deviceOf(req: Request): Device {
  const { deviceType } = clientOf(req.get('user-agent'), false, toldDeviceType(req));
  return deviceType === 'mobile' || deviceType === 'tablet' ? 'mobile' : 'desktop';
}

export function rememberProfile(req: Request, res: Response, profile: Profile): void {
  res.cookie('profile', profile, lasting(req));
}

/** @param version undefined lets the device decide again */
export function forceSiteVersion(req: Request, res: Response, version: Device | undefined): void {
  if (version === undefined) res.clearCookie('site_version', COOKIE);
  else res.cookie('site_version', version, lasting(req));
}

/** Clears every cookie: the next request is a new visitor's. */
export function forgetVisitor(res: Response): void {
  for (const name of COOKIES) res.clearCookie(name, COOKIE);
}
