/**
 * The zone in which it is between 12:00 and 13:00: for tests that count "today", which midnight would empty under their hands.
 * The sign of these names is the other way round (tz database, etcetera).
 */
export function zoneWhereItIsNoon(): string {
  const east = 12 - new Date().getUTCHours();
  return `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
}
