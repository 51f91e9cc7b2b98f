-- When faults ran: charts mark these times. A fault that nobody ends, as its process was killed, ends by itself: who runs it
-- puts its end off while it lasts.

CREATE TABLE fault_periods (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL CHECK (source IN ('simulator', 'pipeline')),
  fault text NOT NULL,
  share double precision CHECK (share BETWEEN 0 AND 1),
  began_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL
);
CREATE INDEX fault_periods_by_end ON fault_periods (ends_at);
COMMENT ON COLUMN fault_periods.share IS 'of the events that bear it; null for a fault of the pipe';
