-- What a visitor's own page has told of its device, where the user agent can not tell it: Safari on an iPad calls itself a Macintosh. The
-- first page of such a visitor is an event before it can say so; the event stays as it is.
CREATE TABLE visitor_devices (
  user_id uuid PRIMARY KEY,
  device_type text NOT NULL,
  told_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  told_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
COMMENT ON COLUMN visitor_devices.told_at IS 'when it was told first';
COMMENT ON COLUMN visitor_devices.told_in IS 'the transaction that wrote it: whoever has a snapshot knows whether it was there';
CREATE INDEX visitor_devices_by_age ON visitor_devices (told_at);
