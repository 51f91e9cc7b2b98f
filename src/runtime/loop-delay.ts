// How finely the delay of the event loop is measured, in milliseconds. prom-client's 10 wakes an idle process a hundred
// times a second.

export const LOOP_DELAY_MS = 200;
