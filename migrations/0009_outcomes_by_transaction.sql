-- People who clicked and did not order are counted by what no clock moves: the transaction that stored an event, not the
-- time on the row. A clock that was set back gave rows a time that had been counted already, and they were left out.

ALTER TABLE events ADD COLUMN stored_in xid8;
-- Apart, so that the rows that are there, most of them from files, stay NULL: those below are counted here.
ALTER TABLE events ALTER COLUMN stored_in SET DEFAULT pg_current_xact_id();
COMMENT ON COLUMN events.stored_in IS 'the transaction that wrote it, for whoever reads what is new; NULL in loaded rows, and in rows older than this column';
CREATE INDEX events_stored_in ON events (stored_in) WHERE stored_in IS NOT NULL;

-- Likewise for who is here now: an event belongs to the minute that it says, whatever the clock showed that stored it.
DROP INDEX events_live;
CREATE INDEX events_live ON events ("time") WHERE stored_at IS NOT NULL;

-- The table of a load that is not finished takes the place of events_0 one day: same columns, no default.
DO $$
DECLARE
  stage text;
BEGIN
  FOR stage IN SELECT 'events_' || load_id FROM unfinished_load LOOP
    IF to_regclass(stage) IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %I ADD COLUMN stored_in xid8', stage);
    END IF;
  END LOOP;
END $$;

DROP FUNCTION fold_live_outcomes(integer);
ALTER TABLE outcomes_progress DROP COLUMN folded_until;
ALTER TABLE outcomes_progress
  ADD COLUMN folded_until xid8 NOT NULL DEFAULT '0',
  ADD COLUMN system_identifier bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN outcomes_progress.folded_until IS 'live_outcomes knows all that transactions before this one have stored';
COMMENT ON COLUMN outcomes_progress.system_identifier IS 'of the server that numbered these transactions: a restored database is on another';

-- Whoever was left out comes back: all live rows, anew.
TRUNCATE live_outcomes;
DELETE FROM outcomes WHERE live;
INSERT INTO live_outcomes (user_id, clicked, ordered)
SELECT user_id,
  coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'banner_click'), 0::smallint),
  coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'order'), 0::smallint)
FROM events WHERE stored_at IS NOT NULL AND title <> 'banner_show' GROUP BY user_id;
INSERT INTO outcomes (live, clicked, ordered, users)
SELECT true, clicked, ordered, count(*) FROM live_outcomes GROUP BY clicked, ordered;

-- Takes live events that were stored since the last call into live_outcomes and outcomes, about most_rows of them, whole
-- transactions. True where there is more.
-- Transactions are numbered when they first write and become visible when they commit, in another order. So the mark
-- moves no further than the oldest transaction that was under way before the rows were read: what lies behind it is read
-- again at the next call. Sets only grow, so that taking a row twice changes nothing.
CREATE FUNCTION fold_live_outcomes(most_rows integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  here bigint := (SELECT system_identifier FROM pg_control_system());
  was_there bigint;
  since xid8;
  until xid8;
  horizon xid8;
BEGIN
  SELECT folded_until, system_identifier INTO since, was_there FROM outcomes_progress FOR UPDATE;
  IF was_there <> here THEN
    -- Rows of another server may bear numbers that this one has yet to reach.
    since := '0';
    UPDATE events SET stored_in = pg_current_xact_id() WHERE stored_in > pg_current_xact_id();
  END IF;
  horizon := pg_snapshot_xmin(pg_current_snapshot());
  SELECT stored_in INTO until FROM events
  WHERE stored_in IS NOT NULL AND stored_in >= since ORDER BY stored_in OFFSET most_rows LIMIT 1;
  -- The mark can't pass the horizon, so that what lies behind it comes in one slice.
  IF until >= horizon THEN
    until := NULL;
  END IF;

  WITH recent AS (
    SELECT user_id,
      coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'banner_click'), 0::smallint) AS clicked,
      coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'order'), 0::smallint) AS ordered
    FROM events
    WHERE stored_in IS NOT NULL AND stored_in >= since AND (until IS NULL OR stored_in <= until)
      AND title <> 'banner_show'
    GROUP BY user_id
  ), moved AS (
    SELECT user_id, coalesce(old.clicked, 0::smallint) AS was_clicked, coalesce(old.ordered, 0::smallint) AS was_ordered,
      recent.clicked | coalesce(old.clicked, 0::smallint) AS clicked,
      recent.ordered | coalesce(old.ordered, 0::smallint) AS ordered
    FROM recent LEFT JOIN live_outcomes AS old USING (user_id)
    WHERE old.user_id IS NULL OR recent.clicked & ~old.clicked <> 0 OR recent.ordered & ~old.ordered <> 0
  ), written AS (
    INSERT INTO live_outcomes SELECT user_id, clicked, ordered FROM moved ORDER BY user_id
    ON CONFLICT (user_id) DO UPDATE SET clicked = excluded.clicked, ordered = excluded.ordered
  )
  INSERT INTO outcomes (live, clicked, ordered, users)
  SELECT true, clicked, ordered, sum(change) FROM (
    SELECT clicked, ordered, 1 AS change FROM moved
    UNION ALL
    SELECT was_clicked, was_ordered, -1 FROM moved WHERE was_clicked | was_ordered <> 0
  ) AS changes GROUP BY clicked, ordered
  ON CONFLICT (live, clicked, ordered) DO UPDATE SET users = outcomes.users + excluded.users;

  UPDATE outcomes_progress SET system_identifier = here,
    folded_until = CASE WHEN until IS NULL THEN horizon ELSE (until::text::numeric + 1)::text::xid8 END;
  RETURN until IS NOT NULL;
END $$;
