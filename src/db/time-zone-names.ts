// Names of time zones. Node's ICU keeps the old names of renamed zones; a PostgreSQL built without tz's file `backward` knows only the new
// ones.

/** Old name → new name. */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

const canonical = (name: string): string => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return name;
  }
};

/** All names of a zone, the given one first. */
export function spellingsOf(name: string): string[] {
  const old = canonical(name);
  const renamed = Object.entries(RENAMED).flatMap(([before, after]) =>
    [before, after].includes(old) || [before, after].includes(name) ? [before, after] : [],
  );
  return [...new Set([name, old, ...renamed])];
}

/** Whether two names are of one zone. */
export const isSameZone = (a: string, b: string): boolean =>
  spellingsOf(a).some((name) => spellingsOf(b).includes(name));

/**
 * The machine's time zone by its IANA name; UTC where TZ has none. TZ may be empty, a file, or an offset such as GMT+3, whose sign
 * PostgreSQL reads the other way round.
 * @param told the zone that Node reports: undefined, Etc/Unknown or GMT+03:00 for such a TZ
 */
export const machineTimeZone = (told: string | undefined): string =>
  told === undefined || told === 'Etc/Unknown' || /^[A-Z]*[+-]\d/.test(told) ? 'UTC' : told;
