-- Loading files: how far an unfinished load has come, what it set aside, and how its users are counted.

-- At most one. The rows read so far lie in the table events_<load_id>; this row moves in the same transactions.
CREATE TABLE unfinished_load (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  load_id bigint NOT NULL,
  source text NOT NULL,
  bytes bigint NOT NULL DEFAULT 0,
  lines bigint NOT NULL DEFAULT 0,
  rows bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  present bigint NOT NULL DEFAULT 0,
  sha256 text NOT NULL,
  complete boolean NOT NULL DEFAULT false,
  merged_rows bigint NOT NULL DEFAULT 0,
  merged_blocks bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN unfinished_load.bytes IS 'of the CSV text, in whole lines; sha256 is that of these bytes';
COMMENT ON COLUMN unfinished_load.rows IS 'in the table events_<load_id>';
COMMENT ON COLUMN unfinished_load.present IS 'rows that were there already, with the same content';
COMMENT ON COLUMN unfinished_load.merged_blocks IS 'of events_<load_id>, whose rows are in events already';

CREATE TABLE rejected_rows (
  load_id bigint NOT NULL,
  file text NOT NULL,
  line bigint,
  "column" text,
  reason text NOT NULL,
  content text NOT NULL
);
CREATE INDEX ON rejected_rows (load_id, line);
COMMENT ON COLUMN rejected_rows.line IS 'the header is line 1; absent where the file could not be read a second time';
COMMENT ON COLUMN rejected_rows."column" IS 'absent where the line as a whole is at fault';

-- Users of loaded rows are many, and a live event hardly ever falls in the year of a file. So they are counted in
-- year_users at once, but written into user_years only when the first live event of such a year comes.
CREATE TABLE unlisted_years (
  year smallint PRIMARY KEY
);
COMMENT ON TABLE unlisted_years IS 'years whose users year_users counts and user_years does not list';

CREATE FUNCTION year_start(year integer) RETURNS timestamptz LANGUAGE sql STABLE
  RETURN make_timestamp(year, 1, 1, 0, 0, 0) AT TIME ZONE shop_time_zone();

-- Fires for rows of these years only: recount_users() names them in the trigger's WHEN.
CREATE FUNCTION list_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The second of two writers waits here, and then finds the users listed.
  DELETE FROM unlisted_years WHERE year = NEW.year;
  IF NOT FOUND THEN
    RETURN NEW;
  END IF;
  INSERT INTO user_years (user_id, year, device)
  SELECT DISTINCT user_id, NEW.year, site_version FROM events
  WHERE "time" >= (SELECT year_start(NEW.year)) AND "time" < (SELECT year_start(NEW.year + 1))
  ORDER BY 1, 2, 3
  ON CONFLICT DO NOTHING;
  -- The events of this transaction are among them, so that the row that woke us may be there now: it is skipped.
  DELETE FROM year_users WHERE year = NEW.year;
  INSERT INTO year_users (year, device, source, users)
  SELECT year, device, -1, count(*) FROM user_years WHERE year = NEW.year GROUP BY year, device;
  RETURN NEW;
END $$;

-- Takes counts of users that were made elsewhere for these years, or makes them from events where they are NULL.
-- To be called while no writer of events is under way.
CREATE FUNCTION recount_users(years smallint[], counted year_users[] DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM user_years WHERE year = ANY (years);
  DELETE FROM year_users WHERE year = ANY (years);
  IF counted IS NULL THEN
    -- The bounds are made once: within the join, they would be made for each event.
    WITH bounds AS MATERIALIZED (
      SELECT year, year_start(year) AS first, year_start(year + 1) AS next FROM unnest(years) AS y (year)
    ), seen AS (
      SELECT DISTINCT year, site_version AS device, user_id
      FROM bounds JOIN events ON "time" >= first AND "time" < next
    )
    INSERT INTO year_users (year, device, source, users)
    SELECT year, device, -1, count(*) FROM seen GROUP BY year, device;
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
