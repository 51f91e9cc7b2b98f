// Serves the scripts of pages without the comments that have lines of their own, a fifth of their size, which are meant for readers of the
// source and for the compiler that checks it.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RequestHandler } from 'express';

/** Comments with nothing else on their lines. The scripts have no template literal that contains such a line. */
const OWN_LINES = /^[ \t]*(?:\/\/.*|\/\*\*(?:(?!\*\/)[\s\S])*\*\/[ \t]*)$/gm;

/** The script without its comments; lines keep their numbers, so that errors can be found in the file. */
export const withoutComments = (text: string): string =>
  text.replace(OWN_LINES, (comment) => comment.replace(/[^\n]+/g, ''));

/** Scripts by their paths below the folder, like /dashboard/page.js. */
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

/** Serves GET and HEAD of scripts. @param cacheControl the header of each response */
export function scripts(known: Scripts, cacheControl: string): RequestHandler {
  return (req, res, next) => {
    const script = req.method === 'GET' || req.method === 'HEAD' ? known.get(req.path) : undefined;
    if (script === undefined) return next();
    res.set({ 'Cache-Control': cacheControl, ETag: script.etag }).type('text/javascript').send(script.text);
  };
}
