-- Nothing asks when a visitor was moved, and the log is written in the order of its numbers: the ages of both need no index. Without
-- it, moving a visitor is an update within the page.
ALTER TABLE behaviour_states DROP COLUMN updated_at;
DROP INDEX behaviour_log_by_age;
