// Scripts of pages as browsers get them: without the comments that have lines of their own, a fifth of what would be sent. They say what
// is for readers of this repository, and for the compiler that checks the scripts.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RequestHandler } from 'express';

/** Comments with nothing else on their lines. None begins within a literal of several lines: our scripts have none such. */
const OWN_LINES = /^[ \t]*(?:\/\/.*|\/\*\*(?:(?!\*\/)[\s\S])*\*\/[ \t]*)$/gm;

/** The same script, line by line: what an error names is found in the file. */
export const withoutComments = (text: string): string =>
  text.replace(OWN_LINES, (comment) => comment.replace(/[^\n]+/g, ''));

/** By their paths below the folder, as /dashboard/page.js. */
export type Scripts = ReadonlyMap<string, { readonly text: string; readonly etag: string }>;

export const readScripts = (folder: string): Scripts =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => {
        const text = withoutComments(readFileSync(path.join(folder, name), 'utf8'));
        const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
        return [`/${name.replaceAll(path.sep, '/')}`, { text, etag }];
      }),
  );

/** Answers GET and HEAD of scripts. @param cacheControl of each answer */
export function scripts(known: Scripts, cacheControl: string): RequestHandler {
  return (req, res, next) => {
    const script = req.method === 'GET' || req.method === 'HEAD' ? known.get(req.path) : undefined;
    if (script === undefined) return next();
    res.set({ 'Cache-Control': cacheControl, ETag: script.etag }).type('text/javascript').send(script.text);
  };
}
