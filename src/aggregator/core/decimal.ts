// Exact decimals, units × 10^-scale, beyond 2^53, written with all digits and no exponent. Only means are rounded, and numbers within a
// double's 53 bits stay doubles. No library does that: decimal.js and the like round every sum to a fixed precision (20 digits) and
// allocate an object for each addition. docs/decisions/aggregator.md compares them.

/** Digits of a number at most, written without exponent. */
const MOST_DIGITS = 1_000;
/** Digits of a mean without a finite expansion; 15 are documented. */
const MEAN_DIGITS = 20;
/** A double holds every integer of so many digits. */
const SMALL_DIGITS = 15;

const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const POWERS = Array.from({ length: SMALL_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
/** A power of ten. @param exponent 0 or more; the result is exact up to 22 */
export const powerOf = (exponent: number): number => POWERS[exponent] ?? 10 ** exponent;

const BIG_POWERS = Array.from({ length: 40 }, (_, exponent) => 10n ** BigInt(exponent));
const bigPowerOf = (exponent: number): bigint => BIG_POWERS[exponent] ?? 10n ** BigInt(exponent);

/** units × 10^-scale; `scale` is 0 or more, and trailing zeros are allowed. */
export type Decimal = { readonly units: bigint; readonly scale: number };

/**
 * Reads a decimal with optional sign, point and exponent.
 * @returns undefined for anything else, and for more than MOST_DIGITS digits, at once also for 1e999999999
 */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = match[4] ?? '', , exponentText = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return { units: 0n, scale: 0 };
  const exponent = Number(exponentText);
  const scale = fraction.length - exponent;
  const integerDigits = Math.max(digits.length - scale, 1);
  if (!(integerDigits + Math.max(scale, 0) <= MOST_DIGITS)) return undefined;
  const units = BigInt(sign === '-' ? `-${digits}` : digits);
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

/** All digits, no exponent, no trailing zeros: "22", "-0.5". */
export function writeDecimal({ units, scale }: Decimal): string {
  if (scale === 0) return units.toString();
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  const text = fraction === '' ? digits.slice(0, -scale) : `${digits.slice(0, -scale)}.${fraction}`;
  return negative && text !== '0' ? `-${text}` : text;
}

/** As writeDecimal(), for units that are a safe integer. */
function writeSmall(units: number, scale: number): string {
  if (scale === 0) return String(units);
  const digits = String(Math.abs(units)).padStart(scale + 1, '0');
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 0x30) end -= 1;
  const text =
    end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return units < 0 ? `-${text}` : text;
}

function addDecimals(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(one.scale, other.scale);
  return { units: unitsAt(one, scale) + unitsAt(other, scale), scale };
}

/** Below 0, 0 or above 0, for sort(). */
export function compareDecimals(one: Decimal, other: Decimal): number {
  const scale = Math.max(one.scale, other.scale);
  const [a, b] = [unitsAt(one, scale), unitsAt(other, scale)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A decimal times an integer. */
export const timesCount = ({ units, scale }: Decimal, count: number): Decimal => ({
  units: units * BigInt(count),
  scale,
});

/** The mean: exact where it has a finite expansion, else rounded to MEAN_DIGITS digits or more, half away from zero. */
export function meanOf(total: Decimal, count: number): Decimal {
  // A saved sum has no trailing zeros: without them the digits of the mean are the same before and after a restart.
  const sum = withoutZeros(total);
  const wholeDigits = (sum.units < 0n ? -sum.units : sum.units).toString().length - sum.scale;
  const countDigits = String(count).length;
  // Enough for MEAN_DIGITS of the quotient, and for all digits of a finite one: each halving adds a digit.
  const scale = Math.max(MEAN_DIGITS - wholeDigits + countDigits, sum.scale + 4 * countDigits);
  const divided = unitsAt(sum, scale);
  const by = BigInt(count);
  const half = divided < 0n ? -by : by;
  return { units: (2n * divided + half) / (2n * by), scale };
}

/** The same number without trailing zeros. */
function withoutZeros({ units, scale }: Decimal): Decimal {
  const exact = { units, scale };
  for (; exact.scale > 0 && exact.units % 10n === 0n; exact.scale -= 1) exact.units /= 10n;
  return exact;
}

function unitsAt({ units, scale }: Decimal, wanted: number): bigint {
  return scale === wanted ? units : units * bigPowerOf(wanted - scale);
}

/**
 * Reads one number at a time, without an object for a small one. `small` tells whether `units` and `scale` hold it; any number is in
 * `decimal`.
 */
export class NumberReader {
  small = true;
  units = 0;
  scale = 0;
  #big: Decimal = { units: 0n, scale: 0 };

  /** @returns false where the text is no number */
  read(text: string): boolean {
    if (this.#readSmall(text)) return true;
    const big = parseDecimal(text);
    if (big === undefined) return false;
    this.#big = big;
    this.small = false;
    return true;
  }

  /** Reads a double as the decimal that it is printed as. @returns false for NaN and the infinities */
  readNumber(value: number): boolean {
    if (!Number.isSafeInteger(value)) return this.read(String(value));
    this.small = true;
    this.units = value;
    this.scale = 0;
    return true;
  }

  /**
   * Reads a small number from the bytes of a file.
   * @returns false for anything else, also for a number that is not small
   */
  readBytes(bytes: Uint8Array, from: number, to: number): boolean {
    if (to <= from || to - from > SMALL_DIGITS + 1) return false;
    const first = bytes[from];
    let units = 0;
    let digits = 0;
    let point = -1;
    for (let at = first === 0x2d || first === 0x2b ? from + 1 : from; at < to; at += 1) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit >= 0 && digit <= 9) {
        units = units * 10 + digit;
        digits += 1;
      } else if (digit === -2 && point === -1) point = at;
      else return false;
    }
    if (digits === 0 || digits > SMALL_DIGITS) return false;
    this.small = true;
    this.units = first === 0x2d && units !== 0 ? -units : units;
    this.scale = point === -1 ? 0 : to - 1 - point;
    return true;
  }

  get decimal(): Decimal {
    return this.small ? { units: BigInt(this.units), scale: this.scale } : this.#big;
  }

  /** Up to 15 digits with a sign and a point; everything else is left to parseDecimal. */
  #readSmall(text: string): boolean {
    const { length } = text;
    if (length === 0 || length > SMALL_DIGITS + 1) return false;
    const first = text.charCodeAt(0);
    const signed = first === 0x2d || first === 0x2b;
    let units = 0;
    let digits = 0;
    let point = -1;
    for (let at = signed ? 1 : 0; at < length; at += 1) {
      const code = text.charCodeAt(at);
      if (code >= 0x30 && code <= 0x39) {
        units = units * 10 + code - 0x30;
        digits += 1;
      } else if (code === 0x2e && point === -1) point = at;
      else return false;
    }
    if (digits === 0 || digits > SMALL_DIGITS) return false;
    this.small = true;
    this.units = first === 0x2d && units !== 0 ? -units : units;
    this.scale = point === -1 ? 0 : length - 1 - point;
    return true;
  }
}

/** A running total: an integer in a double while it fits, a bigint from then on. */
export class Total {
  #units = 0;
  #scale = 0;
  #big: Decimal | undefined;

  /** Restores a total from write(). */
  static of(text: string): Total {
    const total = new Total();
    const reader = new NumberReader();
    if (!reader.read(text)) throw new Error(`received ${text}, expected a decimal`);
    total.set(reader);
    return total;
  }

  set(reader: NumberReader): void {
    this.#big = reader.small ? undefined : reader.decimal;
    this.#units = reader.units;
    this.#scale = reader.scale;
  }

  add(reader: NumberReader): void {
    if (this.#big === undefined && reader.small && this.#addSmall(reader.units, reader.scale)) return;
    this.#big = addDecimals(this.decimal, reader.decimal);
  }

  /** Compares with the reader's number: below 0, 0 or above 0. */
  compare(reader: NumberReader): number {
    if (this.#big === undefined && reader.small && this.#scale === reader.scale)
      return this.#units - reader.units;
    return compareDecimals(this.decimal, reader.decimal);
  }

  /** All digits, as writeDecimal() has them. */
  write(): string {
    return this.#big === undefined ? writeSmall(this.#units, this.#scale) : writeDecimal(this.#big);
  }

  get decimal(): Decimal {
    return this.#big ?? { units: BigInt(this.#units), scale: this.#scale };
  }

  #addSmall(units: number, scale: number): boolean {
    const common = Math.max(scale, this.#scale);
    const sum = this.#units * powerOf(common - this.#scale) + units * powerOf(common - scale);
    // Each converted operand is checked too: with different signs, two that are not exact may have a small sum.
    if (common !== scale && !Number.isSafeInteger(units * powerOf(common - scale))) return false;
    if (common !== this.#scale && !Number.isSafeInteger(this.#units * powerOf(common - this.#scale)))
      return false;
    if (!Number.isSafeInteger(sum)) return false;
    this.#units = sum;
    this.#scale = common;
    return true;
  }
}
