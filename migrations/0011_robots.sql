-- Robots are counted apart from people: each rollup says whose counts these are, and the views leave robots out. The
-- dashboard's filter reads the tables. A robot is what the event's own context says (`bot`); loaded rows are people's.

CREATE FUNCTION is_robot(context jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(context -> 'bot' = 'true'::jsonb, false);

ALTER TABLE day_counts ADD COLUMN robot boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT day_counts_pkey, ADD PRIMARY KEY (day, product, title, device, robot, source);
ALTER TABLE minute_counts ADD COLUMN robot boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT minute_counts_pkey, ADD PRIMARY KEY (minute, product, title, device, robot, source);
ALTER TABLE hour_orders ADD COLUMN robot boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT hour_orders_pkey, ADD PRIMARY KEY (hour, product, robot, source);
ALTER TABLE user_years ADD COLUMN robot boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT user_years_pkey, ADD PRIMARY KEY (user_id, year, device, robot);
ALTER TABLE year_users ADD COLUMN robot boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT year_users_pkey, ADD PRIMARY KEY (year, device, robot, source);
ALTER TABLE live_outcomes ADD COLUMN robot boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT live_outcomes_pkey, ADD PRIMARY KEY (user_id, robot);
ALTER TABLE outcomes ADD COLUMN robot boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT outcomes_pkey, ADD PRIMARY KEY (live, robot, clicked, ordered);

CREATE OR REPLACE VIEW daily_counts AS
SELECT day, product, title, device, sum(count)::bigint AS count
FROM day_counts WHERE NOT robot
GROUP BY day, product, title, device;

CREATE OR REPLACE VIEW daily_devices AS
SELECT day, device, sum(count)::bigint AS events
FROM day_counts WHERE NOT robot
GROUP BY day, device;

CREATE OR REPLACE VIEW orders_per_minute AS
SELECT minute AS "time", product, sum(count)::bigint AS count
FROM minute_counts WHERE title = 'order' AND NOT robot
GROUP BY minute, product;

CREATE OR REPLACE VIEW orders_per_hour AS
SELECT hour AS "time", product, sum(count)::bigint AS count
FROM hour_orders WHERE NOT robot
GROUP BY hour, product;

CREATE OR REPLACE VIEW users_per_device AS
SELECT year, device, sum(users)::bigint AS users
FROM year_users WHERE NOT robot
GROUP BY year, device;

CREATE OR REPLACE FUNCTION list_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The second of two writers waits here, and then finds the users listed.
  DELETE FROM unlisted_years WHERE year = NEW.year;
  IF NOT FOUND THEN
    RETURN NEW;
  END IF;
  -- Whoever waits for the answer would take the connection for dead.
  RAISE NOTICE 'listing the users of %', NEW.year;
  INSERT INTO user_years (user_id, year, device, robot)
  SELECT DISTINCT user_id, NEW.year, site_version, is_robot(context) FROM events
  WHERE "time" >= (SELECT year_start(NEW.year)) AND "time" < (SELECT year_start(NEW.year + 1))
  ORDER BY 1, 2, 3, 4
  ON CONFLICT DO NOTHING;
  -- The events of this transaction are among them, so that the row that woke us may be there now: it is skipped.
  DELETE FROM year_users WHERE year = NEW.year;
  INSERT INTO year_users (year, device, robot, source, users)
  SELECT year, device, robot, -1, count(*) FROM user_years WHERE year = NEW.year GROUP BY year, device, robot;
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
      SELECT DISTINCT year, site_version AS device, is_robot(context) AS robot, user_id
      FROM bounds JOIN events ON "time" >= first AND "time" < next
    )
    INSERT INTO year_users (year, device, robot, source, users)
    SELECT year, device, robot, -1, count(*) FROM seen GROUP BY year, device, robot;
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

-- Robots that were counted as people move to the other side. Sources add up, so that a negative count under -1 takes away
-- what their partitions have.
CREATE TEMP TABLE robots ON COMMIT DROP AS
SELECT "time", product, title, site_version, user_id FROM events WHERE stored_at IS NOT NULL AND is_robot(context);

INSERT INTO day_counts (day, product, title, device, robot, source, count)
SELECT ("time" AT TIME ZONE (SELECT shop_time_zone()))::date, product, title, site_version, side.robot, -1, sum(side.sign)
FROM robots, (VALUES (true, 1), (false, -1)) AS side (robot, sign) GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (day, product, title, device, robot, source) DO UPDATE SET count = day_counts.count + excluded.count;

INSERT INTO minute_counts (minute, product, title, device, robot, source, count)
SELECT date_trunc('minute', "time", 'UTC'), product, title, site_version, side.robot, -1, sum(side.sign)
FROM robots, (VALUES (true, 1), (false, -1)) AS side (robot, sign) GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (minute, product, title, device, robot, source) DO UPDATE SET count = minute_counts.count + excluded.count;

INSERT INTO hour_orders (hour, product, robot, source, count)
SELECT date_trunc('hour', "time", (SELECT shop_time_zone())), product, side.robot, -1, sum(side.sign)
FROM robots, (VALUES (true, 1), (false, -1)) AS side (robot, sign) WHERE title = 'order' GROUP BY 1, 2, 3
ON CONFLICT (hour, product, robot, source) DO UPDATE SET count = hour_orders.count + excluded.count;

-- A view must not show a row that has nothing left.
DELETE FROM day_counts AS d USING (
  SELECT day, product, title, device FROM day_counts WHERE NOT robot GROUP BY 1, 2, 3, 4 HAVING sum(count) = 0
) AS none WHERE NOT d.robot AND (d.day, d.product, d.title, d.device) = (none.day, none.product, none.title, none.device);
DELETE FROM minute_counts AS m USING (
  SELECT minute, product, title, device FROM minute_counts WHERE NOT robot GROUP BY 1, 2, 3, 4 HAVING sum(count) = 0
) AS none WHERE NOT m.robot AND (m.minute, m.product, m.title, m.device) = (none.minute, none.product, none.title, none.device);
DELETE FROM hour_orders AS h USING (
  SELECT hour, product FROM hour_orders WHERE NOT robot GROUP BY 1, 2 HAVING sum(count) = 0
) AS none WHERE NOT h.robot AND (h.hour, h.product) = (none.hour, none.product);

SELECT recount_users(years) FROM (
  SELECT array_agg(DISTINCT extract(year FROM "time" AT TIME ZONE (SELECT shop_time_zone()))::smallint) AS years FROM robots
) AS y WHERE years IS NOT NULL;

TRUNCATE live_outcomes;
DELETE FROM outcomes WHERE live;
INSERT INTO live_outcomes (user_id, robot, clicked, ordered)
SELECT user_id, is_robot(context),
  coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'banner_click'), 0::smallint),
  coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'order'), 0::smallint)
FROM events WHERE stored_at IS NOT NULL AND title <> 'banner_show' GROUP BY 1, 2;
INSERT INTO outcomes (live, robot, clicked, ordered, users)
SELECT true, robot, clicked, ordered, count(*) FROM live_outcomes GROUP BY robot, clicked, ordered;

-- As 0009_outcomes_by_transaction.sql has it, robots apart.
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
    SELECT user_id, is_robot(context) AS robot,
      coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'banner_click'), 0::smallint) AS clicked,
      coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'order'), 0::smallint) AS ordered
    FROM events
    WHERE stored_in IS NOT NULL AND stored_in >= since AND (until IS NULL OR stored_in <= until)
      AND title <> 'banner_show'
    GROUP BY 1, 2
  ), moved AS (
    SELECT user_id, robot,
      coalesce(old.clicked, 0::smallint) AS was_clicked, coalesce(old.ordered, 0::smallint) AS was_ordered,
      recent.clicked | coalesce(old.clicked, 0::smallint) AS clicked,
      recent.ordered | coalesce(old.ordered, 0::smallint) AS ordered
    FROM recent LEFT JOIN live_outcomes AS old USING (user_id, robot)
    WHERE old.user_id IS NULL OR recent.clicked & ~old.clicked <> 0 OR recent.ordered & ~old.ordered <> 0
  ), written AS (
    INSERT INTO live_outcomes (user_id, robot, clicked, ordered)
    SELECT user_id, robot, clicked, ordered FROM moved ORDER BY user_id, robot
    ON CONFLICT (user_id, robot) DO UPDATE SET clicked = excluded.clicked, ordered = excluded.ordered
  )
  INSERT INTO outcomes (live, robot, clicked, ordered, users)
  SELECT true, robot, clicked, ordered, sum(change) FROM (
    SELECT robot, clicked, ordered, 1 AS change FROM moved
    UNION ALL
    SELECT robot, was_clicked, was_ordered, -1 FROM moved WHERE was_clicked | was_ordered <> 0
  ) AS changes GROUP BY robot, clicked, ordered
  ON CONFLICT (live, robot, clicked, ordered) DO UPDATE SET users = outcomes.users + excluded.users;

  UPDATE outcomes_progress SET system_identifier = here,
    folded_until = CASE WHEN until IS NULL THEN horizon ELSE (until::text::numeric + 1)::text::xid8 END;
  RETURN until IS NOT NULL;
END $$;
