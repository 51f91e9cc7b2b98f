// The text of a setting → its value, undefined where it can't be used. Pure; config.ts says which setting has which.

import { isIPv6 } from 'node:net';
import { homedir } from 'node:os';
import type { Sasl } from '../kafka/sasl.ts';

/** A whole number from `least` to `most`, as plain digits: Number() also takes '0x50', '3e3' and ' 80 '. */
export const wholeNumber = (text: string, least: number, most: number) => {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
};
/** A TCP port, 1 to 65535. */
export const port = (text: string) => wholeNumber(text, 1, 65535);

/** `host:port`, several with commas between; an IPv6 address in brackets. */
export const brokers = (text: string) => {
  const list = text.split(',').map((broker) => broker.trim());
  const areBrokers = list.every((broker) => {
    const [, ipv6, portText = ''] = /^(?:\[([^\]]+)\]|[^\s:/,[\]]+):(\d+)$/.exec(broker) ?? [];
    return port(portText) !== undefined && (ipv6 === undefined || isIPv6(ipv6));
  });
  return areBrokers ? list : undefined;
};

/** `mechanism:user:password`; the password may have colons in it. */
export const sasl = (text: string): Sasl | undefined => {
  const match = /^(plain|scram-sha-256|scram-sha-512):([^:]+):(.+)$/is.exec(text);
  const [, mechanism, username, password] = match ?? [];
  if (mechanism === undefined || username === undefined || password === undefined) return undefined;
  return { mechanism: mechanism.toLowerCase() as Sasl['mechanism'], username, password };
};

/** A URL as pg takes it, whose user, password and path can be decoded. */
export const databaseUrl = (text: string) => {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { username, password, pathname } = url;
  const isUsable = /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '';
  return isUsable && [username, password, pathname].every(isPercentEncoded) ? text : undefined;
};

/** A password with a bare % in it would only fail later, and less clearly. */
function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** A time zone by its IANA name. */
export const timeZone = (text: string) => {
  // Newer Nodes take offsets for zones; PostgreSQL reads their sign the other way round.
  if (/^[+-]/.test(text)) return undefined;
  try {
    const { timeZone: known } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    // Node answers with the old name of a zone that was renamed; the given one is kept.
    return known.toLowerCase() === text.toLowerCase() ? known : text;
  } catch {
    return undefined;
  }
};

/** A limit of 1 to a million; Infinity for `off`. */
export const limit = (text: string) =>
  text === 'off' ? Number.POSITIVE_INFINITY : wholeNumber(text, 1, 1_000_000);

/** An http or https address with nothing but a path behind its host. */
export const publicUrl = (text: string) => {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, hostname, pathname, search, hash, username, password } = new URL(text);
  const path = pathname.replace(/\/+$/, '');
  if (search + hash + username + password !== '' || !/^(\/[\w.~-]+)*$/.test(path)) return undefined;
  // The dot of the root is no part of a name that is compared.
  return { origin, hostname: hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, ''), path };
};

/** Origins as browsers write them, several with commas between, or `*`. */
export const corsOrigins = (text: string): readonly string[] | '*' | undefined => {
  if (text === '*') return text;
  const list = text.split(',').map((origin) => origin.trim().toLowerCase().replace(/\/$/, ''));
  const areOrigins = list.every(
    (origin) => /^https?:[^*]+$/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin,
  );
  return areOrigins ? list : undefined;
};

/** Kafka's 249 less what the name of the dead-letter topic adds. */
export const topicName = (text: string) =>
  /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,237}$/.test(text) ? text : undefined;
/** One of some words, in their spelling. */
export const oneOf =
  <const T extends readonly string[]>(values: T) =>
  (text: string): T[number] | undefined =>
    values.find((value) => value === text);
/** Megabytes, 1 to a million. */
export const megabytes = (text: string) => wholeNumber(text, 1, 1_000_000);

/** A shell leaves the ~ of `--data-dir=~/shop` as it is, and so do files of settings. */
export const expandHome = (text: string) => text.replace(/^~(?=$|[/\\])/, homedir());
