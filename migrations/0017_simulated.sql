-- Simulated visitors are counted apart from real ones, as robots are from people (0011_robots.sql), so that the dashboard's filter
-- can leave them out. A simulated visitor is what the event's own context says (`simulated`); loaded rows are real people's.
-- The views go on to count both.

CREATE FUNCTION is_simulated(context jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(context -> 'simulated' = 'true'::jsonb, false);

ALTER TABLE day_counts ADD COLUMN simulated boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT day_counts_pkey, ADD PRIMARY KEY (day, product, title, device, robot, simulated, source);
ALTER TABLE minute_counts ADD COLUMN simulated boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT minute_counts_pkey, ADD PRIMARY KEY (minute, product, title, device, robot, simulated, source);
ALTER TABLE hour_orders ADD COLUMN simulated boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT hour_orders_pkey, ADD PRIMARY KEY (hour, product, robot, simulated, source);
ALTER TABLE user_years ADD COLUMN simulated boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT user_years_pkey, ADD PRIMARY KEY (user_id, year, device, robot, simulated);
ALTER TABLE year_users ADD COLUMN simulated boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT year_users_pkey, ADD PRIMARY KEY (year, device, robot, simulated, source);
ALTER TABLE live_outcomes ADD COLUMN simulated boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT live_outcomes_pkey, ADD PRIMARY KEY (user_id, robot, simulated);
ALTER TABLE outcomes ADD COLUMN simulated boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT outcomes_pkey, ADD PRIMARY KEY (live, robot, simulated, clicked, ordered);
ALTER TABLE sessions ADD COLUMN simulated boolean NOT NULL DEFAULT false;

CREATE OR REPLACE FUNCTION list_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The second of two writers waits here, and then finds the users listed.
  DELETE FROM unlisted_years WHERE year = NEW.year;
  IF NOT FOUND THEN
    RETURN NEW;
  END IF;
  -- Whoever waits for the answer would take the connection for dead.
  RAISE NOTICE 'listing the users of %', NEW.year;
  INSERT INTO user_years (user_id, year, device, robot, simulated)
  SELECT DISTINCT user_id, NEW.year, site_version, is_robot(context), is_simulated(context) FROM events
  WHERE "time" >= (SELECT year_start(NEW.year)) AND "time" < (SELECT year_start(NEW.year + 1))
  ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT DO NOTHING;
  -- The events of this transaction are among them, so that the row that woke us may be there now: it is skipped.
  DELETE FROM year_users WHERE year = NEW.year;
  INSERT INTO year_users (year, device, robot, simulated, source, users)
  SELECT year, device, robot, simulated, -1, count(*) FROM user_years WHERE year = NEW.year
  GROUP BY year, device, robot, simulated;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION recount_users(years smallint[], counted year_users[] DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM user_years WHERE year = ANY (years);
  DELETE FROM year_users WHERE year = ANY (years);
  IF counted IS NULL THEN
    -- The bounds are made once: within the join, they would be made for each event.
    WITH bounds AS MATERIALIZED (
      SELECT year, year_start(year) AS first, year_start(year + 1) AS next FROM unnest(years) AS y (year)
    ), seen AS (
      SELECT DISTINCT year, site_version AS device, is_robot(context) AS robot, is_simulated(context) AS simulated, user_id
      FROM bounds JOIN events ON "time" >= first AND "time" < next
    )
    INSERT INTO year_users (year, device, robot, simulated, source, users)
    SELECT year, device, robot, simulated, -1, count(*) FROM seen GROUP BY year, device, robot, simulated;
  ELSE
    INSERT INTO year_users SELECT * FROM unnest(counted);
  END IF;
  INSERT INTO unlisted_years SELECT unnest(years) ON CONFLICT DO NOTHING;
  -- Not within list_users() itself: it would be called for each user that it lists.
  EXECUTE format(
    'CREATE OR REPLACE TRIGGER list_users BEFORE INSERT ON user_years FOR EACH ROW
     WHEN (pg_trigger_depth() = 0 AND NEW.year = ANY (%L::smallint[])) EXECUTE FUNCTION list_users()',
    ARRAY (SELECT year FROM unlisted_years ORDER BY year)
  );
END $$;

-- Simulated visitors that were counted as real ones move to the other side. Sources add up, so that a negative count under -1
-- takes away what their partitions have.
CREATE TEMP TABLE shoppers ON COMMIT DROP AS
SELECT "time", product, title, site_version, user_id, is_robot(context) AS robot FROM events
WHERE stored_at IS NOT NULL AND is_simulated(context);

INSERT INTO day_counts (day, product, title, device, robot, simulated, source, count)
SELECT ("time" AT TIME ZONE (SELECT shop_time_zone()))::date, product, title, site_version, robot, side.simulated, -1, sum(side.sign)
FROM shoppers, (VALUES (true, 1), (false, -1)) AS side (simulated, sign) GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (day, product, title, device, robot, simulated, source) DO UPDATE SET count = day_counts.count + excluded.count;

INSERT INTO minute_counts (minute, product, title, device, robot, simulated, source, count)
SELECT date_trunc('minute', "time", 'UTC'), product, title, site_version, robot, side.simulated, -1, sum(side.sign)
FROM shoppers, (VALUES (true, 1), (false, -1)) AS side (simulated, sign) GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (minute, product, title, device, robot, simulated, source) DO UPDATE SET count = minute_counts.count + excluded.count;

INSERT INTO hour_orders (hour, product, robot, simulated, source, count)
SELECT date_trunc('hour', "time", (SELECT shop_time_zone())), product, robot, side.simulated, -1, sum(side.sign)
FROM shoppers, (VALUES (true, 1), (false, -1)) AS side (simulated, sign) WHERE title = 'order' GROUP BY 1, 2, 3, 4
ON CONFLICT (hour, product, robot, simulated, source) DO UPDATE SET count = hour_orders.count + excluded.count;

SELECT recount_users(years) FROM (
  SELECT array_agg(DISTINCT extract(year FROM "time" AT TIME ZONE (SELECT shop_time_zone()))::smallint) AS years FROM shoppers
) AS y WHERE years IS NOT NULL;

TRUNCATE live_outcomes;
DELETE FROM outcomes WHERE live;
INSERT INTO live_outcomes (user_id, robot, simulated, clicked, ordered)
SELECT user_id, is_robot(context), is_simulated(context),
  coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'banner_click'), 0::smallint),
  coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'order'), 0::smallint)
FROM events WHERE stored_at IS NOT NULL AND title <> 'banner_show' GROUP BY 1, 2, 3;
INSERT INTO outcomes (live, robot, simulated, clicked, ordered, users)
SELECT true, robot, simulated, clicked, ordered, count(*) FROM live_outcomes GROUP BY robot, simulated, clicked, ordered;

UPDATE sessions SET simulated = true WHERE user_id IN (SELECT user_id FROM shoppers);

-- As 0011_robots.sql has it, simulated visitors apart.
CREATE OR REPLACE FUNCTION fold_live_outcomes(most_rows integer) RETURNS boolean LANGUAGE plpgsql AS $$
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
    SELECT user_id, is_robot(context) AS robot, is_simulated(context) AS simulated,
      coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'banner_click'), 0::smallint) AS clicked,
      coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'order'), 0::smallint) AS ordered
    FROM events
    WHERE stored_in IS NOT NULL AND stored_in >= since AND (until IS NULL OR stored_in <= until)
      AND title <> 'banner_show'
    GROUP BY 1, 2, 3
  ), moved AS (
    SELECT user_id, robot, simulated,
      coalesce(old.clicked, 0::smallint) AS was_clicked, coalesce(old.ordered, 0::smallint) AS was_ordered,
      recent.clicked | coalesce(old.clicked, 0::smallint) AS clicked,
      recent.ordered | coalesce(old.ordered, 0::smallint) AS ordered
    FROM recent LEFT JOIN live_outcomes AS old USING (user_id, robot, simulated)
    WHERE old.user_id IS NULL OR recent.clicked & ~old.clicked <> 0 OR recent.ordered & ~old.ordered <> 0
  ), written AS (
    INSERT INTO live_outcomes (user_id, robot, simulated, clicked, ordered)
    SELECT user_id, robot, simulated, clicked, ordered FROM moved ORDER BY user_id, robot, simulated
    ON CONFLICT (user_id, robot, simulated) DO UPDATE SET clicked = excluded.clicked, ordered = excluded.ordered
  )
  INSERT INTO outcomes (live, robot, simulated, clicked, ordered, users)
  SELECT true, robot, simulated, clicked, ordered, sum(change) FROM (
    SELECT robot, simulated, clicked, ordered, 1 AS change FROM moved
    UNION ALL
    SELECT robot, simulated, was_clicked, was_ordered, -1 FROM moved WHERE was_clicked | was_ordered <> 0
  ) AS changes GROUP BY robot, simulated, clicked, ordered
  ON CONFLICT (live, robot, simulated, clicked, ordered) DO UPDATE SET users = outcomes.users + excluded.users;

  UPDATE outcomes_progress SET system_identifier = here,
    folded_until = CASE WHEN until IS NULL THEN horizon ELSE (until::text::numeric + 1)::text::xid8 END;
  RETURN until IS NOT NULL;
END $$;
