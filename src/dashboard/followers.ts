// Consumers that follow ingest notify their commits as ingest does; the numbers of the charts do not change with them.

import { groupOf } from '../aggregator/store/definitions.ts';
import { BEHAVIOUR_GROUP } from '../behaviour/running-behaviour.ts';
import type { Stored } from '../db/change.ts';
import { ENRICHMENT_GROUP } from '../enriched-clicks/running-enrichment.ts';
import { SESSIONS_GROUP } from '../sessions/live/running-sessions.ts';

const FOLLOWERS: readonly string[] = [SESSIONS_GROUP, BEHAVIOUR_GROUP, ENRICHMENT_GROUP];

/** Whether events may have been stored. @param change undefined: it may have been missed */
export const mayHaveEvents = ({ group = '' }: Partial<Stored> = {}): boolean =>
  !FOLLOWERS.includes(group) && !group.startsWith(groupOf(''));
