import { setImmediate as nextTurn } from 'node:timers/promises';
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

/** A page whose records were told apart by their bytes. */
export interface CutPage {
  readonly info: PageInfo;
  readonly rows: Rows;
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

/** Records, or runs of them, between two turns of the event loop: a millisecond or two. */
const STEPS_PER_TURN = 500;

/**
 * The page, with the rows of the earlier one where its bytes are those that they were read from. Null when it is not the same page but for some records, or
 * not told in this form: then it is to be read as a whole, which also tells what is wrong with it.
 */
export const patchPage = async (
  bytes: Buffer,
  earlier: readonly (ListedRow | UnlistedRow)[],
  names: readonly string[],
): Promise<CutPage | null> => {
  const start = bytes.indexOf(FIRST_RECORD);
  let left = earlier.length * CHANGED + CHANGED_ANYWAY;
  const rows: (ListedRow | SourceRow)[] = [];
  let [at, next, byte] = [start + 1, 0, start < 0 ? 0 : COMMA];
  for (let step = 1; byte === COMMA; step += 1) {
    if (step % STEPS_PER_TURN === 0) await nextTurn();
    const read = rowsAt(bytes, at, { earlier, next, names });
    if (read === null) return null;
    if (read.row instanceof SourceRow) left -= 1;
    if (left < 0) return null;
    rows.push(...(read.row === null ? (earlier.slice(next, next + read.passed) as ListedRow[]) : [read.row]));
    next += read.passed;
    byte = bytes[read.end] ?? 0;
    at = read.end + 1;
  }
  return byte === CLOSE ? cutPageOf(bytes, [start, at - 1], rows) : null;
};

interface EarlierRows {
  readonly earlier: readonly (ListedRow | UnlistedRow)[];
  /** Of these. */
  readonly next: number;
  readonly names: readonly string[];
}

interface RowRead {
  /** Null: the rows of the earlier page that are passed, all of them. */
  readonly row: ListedRow | SourceRow | null;
  readonly end: number;
  /** Rows of the earlier page that are done with. */
  readonly passed: number;
}

const rowsAt = (bytes: Buffer, at: number, { earlier, next, names }: EarlierRows): RowRead | null => {
  const known = runAt(bytes, at, { earlier, next }) ?? knownAt(bytes, at, [earlier[next], earlier[next + 1]]);
  if (known !== null) return known;
  const end = endOfRecord(bytes, at);
  const row = end < 0 ? null : sourceRow(bytes.subarray(at, end), earlier[next], names);
  // Otherwise it was put before that one.
  return row && { row, end, passed: row.isChanged || earlier[next]?.identity === null ? 1 : 0 };
};

/** Rows that are compared at once, at most. */
const LONGEST_RUN = 64;

/** The next rows of the earlier page, as many as stand here one after another: their bytes lie side by side, with the same commas between them. */
const runAt = (bytes: Buffer, at: number, { earlier, next }: Omit<EarlierRows, 'names'>): RowRead | null => {
  const first = earlier[next];
  if (!(first instanceof ListedRow)) return null;
  let passed = 1;
  while (passed < LONGEST_RUN && first.isFollowedBy(earlier[next + passed], passed)) passed += 1;
  for (; passed > 1; passed >>= 1) {
    const end = first.endOfRun(passed, bytes, at);
    if (end >= 0 && isAfterRecord(bytes[end])) return { row: null, end, passed };
  }
  return null;
};

const isAfterRecord = (byte: number | undefined): boolean => byte === COMMA || byte === CLOSE;

/** The next row of the earlier page, or the one after it when that one is gone. */
const knownAt = (
  bytes: Buffer,
  at: number,
  candidates: readonly (ListedRow | UnlistedRow | undefined)[],
): RowRead | null => {
  for (const [skipped, row] of candidates.entries()) {
    if (!(row instanceof ListedRow)) continue;
    const end = row.endIn(bytes, at);
    if (end >= 0 && isAfterRecord(bytes[end])) return { row, end, passed: skipped + 1 };
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

const cutPageOf = (bytes: Buffer, place: readonly [number, number], rows: Rows): CutPage | null => {
  const info = infoAround(bytes, place);
  return info && { info, rows };
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

/**
 * The page by its records, which are parsed when they are asked for: `slice` throws when what was cut out is no JSON. Null when it is not told in this form.
 */
export const cutPage = async (bytes: Buffer): Promise<CutPage | null> => {
  const start = bytes.indexOf(FIRST_RECORD);
  if (start < 0) return null;
  const ends: number[] = [];
  let [at, byte] = [start + 1, COMMA];
  while (byte === COMMA) {
    if (ends.length % STEPS_PER_TURN === STEPS_PER_TURN - 1) await nextTurn();
    const end = endOfRecord(bytes, at);
    if (end < 0) return null;
    ends.push(end);
    byte = bytes[end] ?? 0;
    at = end + 1;
  }
  return byte === CLOSE ? cutPageOf(bytes, [start, at - 1], new CutRows(bytes, start, ends)) : null;
};

/** Records with one byte before each. */
class CutRows implements Rows {
  readonly length: number;

  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    private readonly ends: readonly number[],
  ) {
    this.length = ends.length;
  }

  slice(from = 0, to = this.length): SourceRow[] {
    const until = Math.min(to, this.length);
    if (from >= until) return [];
    const text = this.bytes.toString('utf8', this.beginOf(from), this.ends[until - 1]);
    const raws = JSON.parse(`[${text}]`) as readonly unknown[];
    if (raws.length !== until - from) throw new SyntaxError('What was cut out is not as many records.');
    return raws.map(
      (raw, nth) => new SourceRow(raw, this.bytes.subarray(this.beginOf(from + nth), this.ends[from + nth])),
    );
  }

  private beginOf(index: number): number {
    return (index === 0 ? this.start : (this.ends[index - 1] ?? 0)) + 1;
  }
}

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
