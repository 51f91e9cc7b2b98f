-- What becomes of a message that was set aside, and whether the dead-letter topic has it yet. The row is committed with
-- the offset; the topic is served from the rows, so that neither Kafka nor a crash between the two can lose one.

ALTER TABLE dead_letters
  ADD COLUMN state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resent', 'discarded')),
  ADD COLUMN settled_at timestamptz,
  ADD COLUMN resent_as uuid,
  ADD COLUMN forwarded_at timestamptz,
  ADD CHECK ((state = 'open') = (settled_at IS NULL)),
  ADD CHECK ((state = 'resent') = (resent_as IS NOT NULL));

COMMENT ON COLUMN dead_letters.resent_as IS 'order_id of the edited event that was sent in its place';
COMMENT ON COLUMN dead_letters.forwarded_at IS 'when the dead-letter topic had it; null while it waits';

CREATE INDEX dead_letters_by_code ON dead_letters (state, code, id);
CREATE INDEX dead_letters_to_forward ON dead_letters (id) WHERE forwarded_at IS NULL;
