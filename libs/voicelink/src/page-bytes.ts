import { parseJson } from '@dialtone/wire';
import { readListPage, saysFailure, type PageInfo } from './envelope';
import { ListedRow, type UnlistedRow } from './listed-row';
import { firstOf, toId, type JsonRecord } from './scalars';

/** A record that was parsed, and its bytes in the answer. */
export class SourceRow {
  constructor(
    readonly raw: unknown,
    readonly text: Buffer,
    /** The earlier row in its place has its id: that need not be looked for. */
    readonly isChanged = false,
  ) {}
}

/** A page of which only the records were parsed that the earlier page does not have. */
export class PatchedPage {
  constructor(
    readonly info: PageInfo,
    readonly rows: readonly (ListedRow | SourceRow)[],
  ) {}
}

/** Where the records of an answer begin; they follow each other with a comma between them and nothing else. */
const FIRST_RECORD = '[{';
const COMMA = 0x2c;
const CLOSE = 0x5d;
/** Stands where the records were: no answer holds it. */
const MARK = '\u0000 records';

/** Beyond one record in so many, parsing them one by one costs more than the page. */
const CHANGED = 1 / 8;
const CHANGED_ANYWAY = 8;

/**
 * The page, with the rows of the earlier one where its bytes are those that they were read from. Null when it is not the same page but for some records, or
 * not told in this form: then it is to be parsed as a whole, which also tells what is wrong with it.
 */
export const patchPage = (
  bytes: Buffer,
  earlier: readonly (ListedRow | UnlistedRow)[],
  names: readonly string[],
): PatchedPage | null => {
  const start = bytes.indexOf(FIRST_RECORD);
  let left = earlier.length * CHANGED + CHANGED_ANYWAY;
  const rows: (ListedRow | SourceRow)[] = [];
  let [at, next] = [start + 1, 0];
  for (let byte = COMMA; byte === COMMA; at += 1) {
    const read = start < 0 ? null : rowAt(bytes, at, { earlier, next, names });
    if (read === null) return null;
    if (read.row instanceof SourceRow) left -= 1;
    if (left < 0) return null;
    rows.push(read.row);
    next += read.passed;
    at = read.end;
    byte = bytes[at] ?? 0;
  }
  return bytes[at - 1] === CLOSE ? patchedPage(bytes, [start, at - 1], rows) : null;
};

interface EarlierRows {
  readonly earlier: readonly (ListedRow | UnlistedRow)[];
  /** Of these. */
  readonly next: number;
  readonly names: readonly string[];
}

interface RowRead {
  readonly row: ListedRow | SourceRow;
  readonly end: number;
  /** Rows of the earlier page that are done with. */
  readonly passed: number;
}

const rowAt = (bytes: Buffer, at: number, { earlier, next, names }: EarlierRows): RowRead | null => {
  const known = knownAt(bytes, at, [earlier[next], earlier[next + 1]]);
  if (known !== null) return known;
  const end = endOfRecord(bytes, at);
  const row = end < 0 ? null : sourceRow(bytes.subarray(at, end), earlier[next], names);
  // Otherwise it was put before that one.
  return row && { row, end, passed: row.isChanged || earlier[next]?.identity === null ? 1 : 0 };
};

/** The next row of the earlier page, or the one after it when that one is gone. */
const knownAt = (
  bytes: Buffer,
  at: number,
  candidates: readonly (ListedRow | UnlistedRow | undefined)[],
): RowRead | null => {
  for (const [skipped, row] of candidates.entries()) {
    if (!(row instanceof ListedRow)) continue;
    const end = row.endIn(bytes, at);
    if (end >= 0 && (bytes[end] === COMMA || bytes[end] === CLOSE)) return { row, end, passed: skipped + 1 };
  }
  return null;
};

const sourceRow = (
  text: Buffer,
  before: ListedRow | UnlistedRow | undefined,
  names: readonly string[],
): SourceRow | null => {
  try {
    const raw = JSON.parse(text.toString('utf8')) as JsonRecord;
    const identity = firstOf(toId, ...names.map((name) => raw[name]));
    return new SourceRow(raw, text, identity !== null && identity === before?.identity);
  } catch {
    return null;
  }
};

const patchedPage = (
  bytes: Buffer,
  place: readonly [number, number],
  rows: PatchedPage['rows'],
): PatchedPage | null => {
  const info = infoAround(bytes, place);
  return info && new PatchedPage(info, rows);
};

/** What is said around the records, if these are the list that the answer is read as. */
const infoAround = (bytes: Buffer, [start, end]: readonly [number, number]): PageInfo | null => {
  const around = [bytes.subarray(0, start + 1), Buffer.from(JSON.stringify(MARK)), bytes.subarray(end)];
  try {
    const body = parseJson(Buffer.concat(around));
    const list = saysFailure(body) ? null : readListPage(body);
    return list?.rows.length === 1 && list.rows[0] === MARK ? list.info : null;
  } catch {
    return null;
  }
};

/** Rows of which some are asked for at a time. */
export type Rows = Pick<readonly unknown[], 'length' | 'slice'>;

/** The records of a list that was parsed, with their bytes; null when these cannot be told. */
export const sourceRows = (bytes: Buffer, raws: readonly unknown[]): Rows | null => {
  const start = bytes.indexOf(FIRST_RECORD);
  if (start < 0) return null;
  const ends = new Uint32Array(raws.length);
  let at = start + 1;
  for (let index = 0; index < raws.length; index += 1) {
    const end = endOfRecord(bytes, at);
    if (end < 0 || (bytes[end] !== COMMA && bytes[end] !== CLOSE)) return null;
    ends[index] = end;
    at = end + 1;
  }
  if (bytes[at - 1] !== CLOSE || infoAround(bytes, [start, at - 1]) === null) return null;
  const beginOf = (index: number): number => (index === 0 ? start : (ends[index - 1] ?? 0)) + 1;
  const row = (raw: unknown, index: number): SourceRow =>
    new SourceRow(raw, bytes.subarray(beginOf(index), ends[index]));
  return {
    length: raws.length,
    slice: (from = 0, to = raws.length) => raws.slice(from, to).map((raw, index) => row(raw, from + index)),
  };
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_RECORD = 0x7b;
const CLOSE_RECORD = 0x7d;

/** The end of the record that begins here, braces counted outside of texts; -1: there is none. No byte of a longer character looks like one of these. */
const endOfRecord = (bytes: Buffer, start: number): number => {
  if (bytes[start] !== OPEN_RECORD) return -1;
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfText(bytes, at);
      if (at < 0) return -1;
    } else if (byte === OPEN_RECORD) depth += 1;
    else if (byte === CLOSE_RECORD && (depth -= 1) === 0) return at + 1;
  }
  return -1;
};

/** The closing quote of the text that begins here: one before which there is an even number of backslashes. */
const endOfText = (bytes: Buffer, start: number): number => {
  for (let at = bytes.indexOf(QUOTE, start + 1); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return -1;
};
