-- What the charts read, kept in the same transaction as the rows, so that a chart costs the number of days and
-- minutes, not of events. `source` is the Kafka partition that a row came from, or -1 for loaded files: a partition
-- has one writer, so that several ingest processes never wait for each other's rows. The views add the sources up.

CREATE TABLE day_counts (
  day date NOT NULL,
  product product NOT NULL,
  title title NOT NULL,
  device site_version NOT NULL,
  source integer NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (day, product, title, device, source)
);
COMMENT ON COLUMN day_counts.day IS 'the day in the time zone of settings.time_zone';

-- Of loaded files only the orders are counted by the minute: nothing reads more of the past at that grain.
CREATE TABLE minute_counts (
  minute timestamptz NOT NULL,
  product product NOT NULL,
  title title NOT NULL,
  device site_version NOT NULL,
  source integer NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (minute, product, title, device, source)
);

-- Distinct users: a user is counted when first seen on a device in a year.
CREATE TABLE user_years (
  user_id uuid NOT NULL,
  year smallint NOT NULL,
  device site_version NOT NULL,
  PRIMARY KEY (user_id, year, device)
);

CREATE TABLE year_users (
  year smallint NOT NULL,
  device site_version NOT NULL,
  source integer NOT NULL,
  users bigint NOT NULL,
  PRIMARY KEY (year, device, source)
);
