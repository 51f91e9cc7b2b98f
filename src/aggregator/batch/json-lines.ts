// Reads JSON in blocks of bytes as records. NDJSON: an object a line. JSON: one list of objects, or one object; its elements are found by
// their brackets, so that the list needs not be in memory. An element that is no JSON or no object is a fault.

import { StringDecoder } from 'node:string_decoder';
import { beginningOf } from '../../runtime/beginning.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { Cell } from '../core/cell.ts';
import { cellOf, readObject } from '../core/json.ts';
import type { OnFault, OnRecord } from './reading.ts';

/** Characters of a record at most, as a record is in memory as a whole, and several times while it is parsed. */
export const LONGEST_RECORD = 16 * 1024 * 1024;
const tooLong = (longest: number): string =>
  `received a record of more than ${longest.toLocaleString('en')} characters, expected a shorter one`;

abstract class ObjectReader {
  readonly #names: readonly string[];
  readonly #onRecord: OnRecord;
  readonly #onFault: OnFault;
  readonly #cells: Cell[] = [];
  readonly #decoder = new StringDecoder('utf8');
  protected readonly longest: number;

  /** @param longest characters of a record at most: a longer one is a fault, and no part of it is kept */
  constructor(
    names: readonly string[],
    onRecord: OnRecord,
    onFault: OnFault,
    { longest = LONGEST_RECORD }: { readonly longest?: number } = {},
  ) {
    this.#names = names;
    this.#onRecord = onRecord;
    this.#onFault = onFault;
    this.longest = longest;
  }

  write(block: Buffer): void {
    this.read(this.#decoder.write(block));
  }

  end(): void {
    this.read(this.#decoder.end());
    this.last();
  }

  protected abstract read(text: string): void;
  protected abstract last(): void;

  protected fault(message: string, position: number): void {
    this.#onFault(message, position);
  }

  /** Takes the text of a record. @returns false where it is a fault */
  protected take(text: string, position: number): boolean {
    let object: ReturnType<typeof readObject>;
    try {
      object = readObject(text);
    } catch (error) {
      const came = messageOf(error);
      this.#onFault(`received text that is not JSON (${came}), expected an object`, position);
      return false;
    }
    if (object === undefined) {
      this.#onFault(`received ${beginningOf(text, 60)}, expected a JSON object`, position);
      return false;
    }
    for (const [place, name] of this.#names.entries()) this.#cells[place] = cellOf(object, name);
    this.#onRecord(this.#cells, position);
    return true;
  }
}

/** Positions are lines, from 1. */
export class NdjsonReader extends ObjectReader {
  #rest = '';
  #isTooLong = false;
  #line = 1;

  protected override read(block: string): void {
    let at = 0;
    for (let end = block.indexOf('\n'); end !== -1; end = block.indexOf('\n', at)) {
      this.#keep(block.slice(at, end));
      this.#take();
      at = end + 1;
    }
    this.#keep(block.slice(at));
  }

  protected override last(): void {
    this.#take();
  }

  #keep(text: string): void {
    if (this.#rest.length + text.length > this.longest) this.#isTooLong = true;
    this.#rest = this.#isTooLong ? '' : this.#rest + text;
  }

  #take(): void {
    if (this.#isTooLong) this.fault(tooLong(this.longest), this.#line);
    else if (this.#rest.trim() !== '') this.take(this.#rest, this.#line);
    this.#rest = '';
    this.#isTooLong = false;
    this.#line += 1;
  }
}

/** Positions are those of the elements, from 1. */
export class JsonReader extends ObjectReader {
  #rest = '';
  #position = 0;
  /** State of the scan of `rest`. */
  #at = 0;
  #depth = 0;
  #inText = false;
  #begin = -1;
  /** Whether the element is too long, so that its text is not kept. */
  #isTooLong = false;
  #list: boolean | undefined;
  #isClosed = false;
  #hasMore = false;

  protected override read(block: string): void {
    this.#rest += block;
    const text = this.#rest;
    for (; this.#at < text.length; this.#at += 1) this.#character(text[this.#at] ?? '');
    if (this.#begin !== -1 && text.length - this.#begin > this.longest) this.#isTooLong = true;
    const kept = this.#begin === -1 || this.#isTooLong ? text.length : this.#begin;
    this.#rest = text.slice(kept);
    this.#at -= kept;
    if (this.#begin !== -1) this.#begin = 0;
  }

  protected override last(): void {
    const isWhole = this.#element(this.#rest.length);
    if (this.#list === undefined)
      this.fault('received nothing, expected a list of objects, or one object', 1);
    if (this.#list === true && !this.#isClosed && isWhole)
      this.fault('received a list that is cut off, expected one that ends with ]', this.#position + 1);
  }

  #character(character: string): void {
    if (this.#inText) {
      if (character === '\\') this.#at += 1;
      else if (character === '"') this.#inText = false;
      return;
    }
    if (this.#list === undefined && character.trim() !== '') {
      this.#list = character === '[';
      if (this.#list) return;
    }
    if (this.#isClosed) {
      this.#more(character);
      return;
    }
    if (
      this.#depth === 0 &&
      (character === ',' || character === ']' || (this.#list === false && character === '\n'))
    ) {
      this.#element(this.#at);
      this.#isClosed = this.#list === true && character === ']';
      return;
    }
    if (character.trim() === '') return;
    if (this.#begin === -1) this.#begin = this.#at;
    if (character === '"') this.#inText = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') this.#depth -= 1;
  }

  /** Text behind the end of the list: one fault for all of it. */
  #more(character: string): void {
    if (this.#hasMore || character.trim() === '') return;
    this.#hasMore = true;
    this.fault(`received ${character} behind the end of the list, expected nothing more`, this.#position + 1);
  }

  /** Ends the element that has begun, if any. @returns false where that is a fault */
  #element(end: number): boolean {
    if (this.#begin === -1) return true;
    this.#position += 1;
    const isTooLong = this.#isTooLong || end - this.#begin > this.longest;
    const isObject = !isTooLong && this.take(this.#rest.slice(this.#begin, end), this.#position);
    if (isTooLong) this.fault(tooLong(this.longest), this.#position);
    this.#begin = -1;
    this.#isTooLong = false;
    return isObject;
  }
}
