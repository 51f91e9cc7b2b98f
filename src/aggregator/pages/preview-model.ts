// The model of a preview: what a definition would do with some records, and when it would flush next.

import { rowColumns } from '../core/row.ts';
import type { Flushed } from '../core/step.ts';
import { type FlushTime, flushCalendar } from '../definition/calendar.ts';
import type { Definition } from '../definition/schema.ts';
import type { Definitions, PreviewSource } from '../definitions.ts';
import { explained } from '../present.ts';
import { FLUSH_WORDS, type ShownResult, type ShownSession, showColumns, showSession } from './models.ts';

const ROWS = 20;
const ASIDES = 10;

export type PreviewModel = {
  readonly words: readonly string[];
  readonly nextFlushes: readonly FlushTime[] | string;
  /** Undefined where there is no source of records. */
  readonly tried:
    | {
        readonly of: string;
        readonly records: number;
        readonly flushed: readonly (ShownResult & { readonly isNew: boolean })[];
        readonly flushedCount: number;
        readonly open: readonly ShownSession[];
        readonly openCount: number;
        readonly asides: readonly { readonly place: string; readonly message: string }[];
        readonly asideCount: number;
        readonly changed:
          | {
              readonly before: { readonly flushed: number; readonly open: number; readonly asides: number };
              readonly added: number;
              readonly gone: readonly ShownResult[];
              readonly goneCount: number;
            }
          | undefined;
      }
    | undefined;
};

/**
 * Makes the model. Lists are cut off; their counts are those of all.
 * @param now milliseconds since the epoch
 * @throws {HttpError} 503 where Kafka is away, 400 for a file that can't be read
 */
export async function previewModel(
  definitions: Definitions,
  definition: Definition,
  source: PreviewSource | undefined,
  now: number,
): Promise<PreviewModel> {
  const { words } = explained(definition, now);
  const nextFlushes = flushCalendar(definition, now);
  if (source === undefined) return { words, nextFlushes, tried: undefined };
  const { preview, changed } = await definitions.preview(definition, source);
  const { records, flushed, open, asides } = preview;
  return {
    words,
    nextFlushes,
    tried: {
      of: 'topic' in source ? source.topic : source.file.name,
      records,
      flushed: flushed
        .slice(-ROWS)
        .reverse()
        .map((one) => ({ ...showFlushed(one), isNew: changed?.added.has(one) === true })),
      flushedCount: flushed.length,
      open: open.slice(0, ROWS).map((session) => showSession(session, now)),
      openCount: open.length,
      asides: asides.slice(0, ASIDES),
      asideCount: asides.length,
      changed:
        changed === undefined
          ? undefined
          : {
              before: changed.before,
              added: changed.added.size,
              gone: changed.gone.slice(0, ROWS).map(showFlushed),
              goneCount: changed.gone.length,
            },
    },
  };
}

function showFlushed(one: Flushed): ShownResult {
  return {
    id: '',
    flushed: new Date(one.at).toISOString(),
    type: one.type,
    why: one.condition ?? FLUSH_WORDS[one.type] ?? '',
    count: one.session.count,
    columns: showColumns(rowColumns(one)),
  };
}
