-- The dashboards and everybody's own SQL read these.

CREATE FUNCTION shop_time_zone() RETURNS text LANGUAGE sql STABLE
  RETURN (SELECT value FROM settings WHERE name = 'time_zone');

CREATE VIEW daily_counts AS
SELECT day, product, title, device, sum(count)::bigint AS count
FROM day_counts
GROUP BY day, product, title, device;

CREATE VIEW daily_devices AS
SELECT day, device, sum(count)::bigint AS events
FROM day_counts
GROUP BY day, device;

CREATE VIEW orders_per_minute AS
SELECT minute AS "time", product, sum(count)::bigint AS count
FROM minute_counts
WHERE title = 'order'
GROUP BY minute, product;

CREATE VIEW users_per_device AS
SELECT year, device, sum(users)::bigint AS users
FROM year_users
GROUP BY year, device;
