-- Listing a full file's users takes half a minute. Whoever waits for the answer gives up a connection that says nothing
-- for so long (src/silence.ts), and would begin again each time: so the server says at once that it is at work.
CREATE OR REPLACE FUNCTION list_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The second of two writers waits here, and then finds the users listed.
  DELETE FROM unlisted_years WHERE year = NEW.year;
  IF NOT FOUND THEN
    RETURN NEW;
  END IF;
  RAISE NOTICE 'listing the users of %', NEW.year;
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
