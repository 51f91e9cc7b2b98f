-- Who is back at the start of the state machine of offers has no row: nothing is remembered of them.
DELETE FROM behaviour_states WHERE state = 'init';
