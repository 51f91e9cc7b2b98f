// Finds the line numbers of repeated order_ids by a second reading of the file, which is rarely needed.

import type { Client } from '../../../src/db/pool.ts';
import { wireId } from '../../../src/events/spelling.ts';
import { readHeader } from '../../csv/header.ts';
import { wholeLines } from '../../csv/lines.ts';
import type { Source } from '../../csv/packing.ts';
import { type Layout, parseRow, USUAL_LAYOUT } from '../../csv/row.ts';

const ID_DIGITS = 32;
/** An id with four dashes, in quotes, and the comma after it. */
const LONGEST_ID = ID_DIGITS + 4 + 2 + 1;

/** Fills in the line numbers that a load's rejected rows lack. */
export async function locateRejects(
  client: Client,
  loadId: number,
  open: () => Promise<Source>,
): Promise<void> {
  const { rows } = await client.query<{ content: string }>(
    'SELECT content FROM rejected_rows WHERE load_id = $1 AND line IS NULL',
    [loadId],
  );
  if (rows.length === 0) return;
  const wanted = new Set(rows.map(({ content }) => content));
  const lines = await findLines(await open(), wanted);
  await client.query(
    `UPDATE rejected_rows SET line = found.line
     FROM unnest($2::text[], $3::bigint[]) AS found (content, line)
     WHERE load_id = $1 AND rejected_rows.line IS NULL AND rejected_rows.content = found.content`,
    [loadId, [...lines.keys()], [...lines.values()]],
  );
}

/** The last line of each content, where the text has it. @param wanted contents as repeats.ts stores them */
export async function findLines(source: Source, wanted: ReadonlySet<string>): Promise<Map<string, number>> {
  const ids = new Set([...wanted].map((content) => content.slice(0, ID_DIGITS)));
  const found = new Map<string, number>();
  let number = 0;
  let layout: Layout | undefined;
  for await (const buffer of wholeLines(source.chunks)) {
    layout ??= readHeader(buffer, source.name).layout;
    for (let from = 0; from < buffer.length; ) {
      const feed = buffer.indexOf('\n', from);
      const end = feed === -1 ? buffer.length : feed;
      number++;
      if (layout !== USUAL_LAYOUT || ids.has(firstId(buffer, from, end))) {
        const content = contentOfLine(buffer.toString('utf8', from, end).replace(/\r$/, ''), layout);
        if (content !== undefined && wanted.has(content)) found.set(content, number);
      }
      from = end + 1;
    }
  }
  return found;
}

/** The id that a line of the usual layout begins with, in whatever spelling, so that few lines are parsed. */
function firstId(buffer: Buffer, from: number, end: number): string {
  const [id = ''] = buffer.toString('latin1', from, Math.min(end, from + LONGEST_ID)).split(',', 1);
  return wireId(id.replaceAll('"', ''));
}

/** The line in the form of repeats.ts's `content`. */
function contentOfLine(line: string, layout: Layout): string | undefined {
  const parsed = parseRow(line, layout);
  if (!parsed.ok) return undefined;
  const { order_id, user_id, page_id, product, site_version, second, title } = parsed.row;
  const time = new Date(Date.UTC(2000, 0, 1) + second * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return [order_id, user_id, page_id, product, site_version, time, title, title === 'order' ? 1 : 0].join();
}
