-- Room for four rows in a page of sessions is enough: of a hundred in it, one is updated in two seconds at 500 events/s, and what
-- an update leaves behind is room again for the next.
ALTER TABLE sessions SET (fillfactor = 96);
