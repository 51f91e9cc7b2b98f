-- What the simulated shoppers beside the shop shall do, and what they do: written by the pages, and by the part `simulator`.

CREATE TABLE simulator (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  settings jsonb NOT NULL DEFAULT '{}',
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  run jsonb,
  reported_at timestamptz
);
COMMENT ON COLUMN simulator.settings IS 'as src/simulator/control/settings.ts has them; what is left out is as usual';
COMMENT ON COLUMN simulator.reported_at IS 'when the part last said that it is there';

INSERT INTO simulator DEFAULT VALUES;
