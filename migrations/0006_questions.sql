-- What the dashboard's questions need beside the rollups: the newest live rows by an index, and who clicked and ordered
-- which categories. Ingest pays for the index alone; the rest is brought up to date when somebody looks.

-- Rows of one batch have one stored_at, and later ones come at the end: an entry is a few bytes on a page at hand.
-- Loaded rows are not in it.
CREATE INDEX events_live ON events (stored_at) WHERE stored_at IS NOT NULL;

CREATE FUNCTION product_bit(product) RETURNS smallint LANGUAGE sql IMMUTABLE
  RETURN CASE $1
    WHEN 'accessories' THEN 1 WHEN 'clothes' THEN 2 WHEN 'electronics' THEN 4
    WHEN 'sneakers' THEN 8 WHEN 'sports_nutrition' THEN 16 END::smallint;

-- People by what they clicked and what they ordered, each a set of categories as product_bit() writes it: at most
-- 1,024 rows a side, however many people there are.
CREATE TABLE outcomes (
  live boolean NOT NULL,
  clicked smallint NOT NULL,
  ordered smallint NOT NULL,
  users bigint NOT NULL,
  PRIMARY KEY (live, clicked, ordered)
);
COMMENT ON COLUMN outcomes.live IS 'of live events, or of loaded files; somebody in both is counted in both';

CREATE TABLE live_outcomes (
  user_id uuid PRIMARY KEY,
  clicked smallint NOT NULL,
  ordered smallint NOT NULL
);

CREATE TABLE outcomes_progress (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  folded_until timestamptz NOT NULL DEFAULT '-infinity',
  loads bigint[] NOT NULL DEFAULT '{}'
);
COMMENT ON COLUMN outcomes_progress.folded_until IS 'the latest stored_at that live_outcomes knows';
COMMENT ON COLUMN outcomes_progress.loads IS 'whose rows are counted';
INSERT INTO outcomes_progress DEFAULT VALUES;

-- Takes live events that were stored since the last call into live_outcomes and outcomes, about most_rows of them.
-- Sets only grow, so that taking a row twice changes nothing: each call looks half a minute back, for transactions that
-- were committed late. True where there is more.
CREATE FUNCTION fold_live_outcomes(most_rows integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  since timestamptz;
  until timestamptz;
BEGIN
  SELECT folded_until INTO since FROM outcomes_progress FOR UPDATE;
  SELECT stored_at INTO until FROM events
  WHERE stored_at IS NOT NULL AND stored_at > since ORDER BY stored_at OFFSET most_rows LIMIT 1;

  WITH recent AS (
    SELECT user_id,
      coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'banner_click'), 0::smallint) AS clicked,
      coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'order'), 0::smallint) AS ordered
    FROM events
    WHERE stored_at IS NOT NULL AND stored_at >= since - interval '30 seconds'
      AND stored_at <= coalesce(until, 'infinity') AND title <> 'banner_show'
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

  UPDATE outcomes_progress SET folded_until = greatest(
    since,
    coalesce(until, (SELECT max(stored_at) FROM events WHERE stored_at IS NOT NULL AND stored_at > since), since)
  );
  RETURN until IS NOT NULL;
END $$;
