// A visitor's preferences: gender and birthdate (the offers need them), the site version, and to be forgotten.

import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { DEVICES } from '../events/event.ts';
import { badRequest } from '../http/errors.ts';
import { form } from '../http/form.ts';
import { readBody } from '../http/query.ts';
import { route } from '../http/routes.ts';
import { localPath } from './local-path.ts';
import { forceSiteVersion, forgetVisitor, rememberProfile } from './visitor.ts';

export function preferences(): Router {
  const router = Router();
  route(router, '/visitor', { post: [form(), tell] });
  route(router, '/visitor/forget', { post: [form(), forget] });
  route(router, '/site-version', { post: [form(), chooseVersion] });
  return router;
}

const OLDEST_YEARS = 130;

const toldForm = z.object({
  gender: z.enum(['F', 'M', 'U'], { error: 'F, M or U' }),
  birthdate: z
    .union([z.literal('').transform(() => null), z.iso.date()], {
      error: 'a date as in 1990-12-31, or nothing',
    })
    .refine((date) => date === null || isBirthdate(date), {
      error: `a date in the last ${OLDEST_YEARS} years`,
    }),
});

function isBirthdate(date: string): boolean {
  const years = new Date().getUTCFullYear() - Number(date.slice(0, 4));
  return Date.parse(date) <= Date.now() && years <= OLDEST_YEARS;
}

function tell(req: Request, res: Response): void {
  rememberProfile(req, res, readBody(toldForm, req, 'form'));
  back(req, res);
}

function forget(req: Request, res: Response): void {
  forgetVisitor(res);
  back(req, res);
}

function chooseVersion(req: Request, res: Response): void {
  const { site_version: chosen } = req.body ?? {};
  const version = DEVICES.find((device) => device === chosen);
  if (version === undefined && chosen !== 'auto') {
    throw badRequest('the form has no usable site_version', chosen, [...DEVICES, 'auto'].join(', '));
  }
  forceSiteVersion(req, res, version);
  back(req, res);
}

/** To the page that the form was on, never to another host. */
function back(req: Request, res: Response): void {
  res.redirect(303, localPath(req.body?.here, '/'));
}
