-- Behaviour of visitors: where each is in the state machine of offers, what moved it, and the offers that were made.

CREATE TABLE behaviour_states (
  user_id uuid PRIMARY KEY,
  state text NOT NULL,
  first_item text,
  first_at timestamptz,
  last_item text,
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE behaviour_states IS 'visitors who are somewhere; those in the first state with nothing to remember have no row';
CREATE INDEX behaviour_states_by_age ON behaviour_states (updated_at);

CREATE TABLE behaviour_log (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  user_id uuid NOT NULL,
  order_id uuid NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  because text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX behaviour_log_by_age ON behaviour_log (written_at);

CREATE TABLE offers (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  user_id uuid NOT NULL,
  offer text NOT NULL,
  made_at timestamptz NOT NULL,
  redeemed_at timestamptz,
  forwarded_at timestamptz
);
COMMENT ON COLUMN offers.id IS 'the order_id of the click that made it: a redelivered click makes no second one';
CREATE INDEX offers_of_visitors ON offers (user_id, seq);
CREATE INDEX offers_to_forward ON offers (seq) WHERE forwarded_at IS NULL;
