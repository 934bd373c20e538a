import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Section } from '@dialtone/domain';
import { shapeOf } from '@dialtone/wire';
import { DECODERS, type DecodeContext } from './decode';
import { ListedRow, PackedTexts, type UnlistedRow } from './listed-row';
import { SourceRow, type Rows } from './page-bytes';
import type { EarlierPages } from './page-cache';
import type { OddValue } from './row-reader';
import { subjectOf } from './row-subject';
import { firstOf, isRecord, toId, toText, type JsonRecord } from './scalars';

/** Rows decoded before yielding to the event loop: some milliseconds. A bare list may hold a whole account. */
const ROWS_PER_TURN = 250;

/** What a page is decoded with. */
export interface PageDecoding {
  readonly section: Section;
  readonly context: DecodeContext;
  /** Names of the row's own id, for telling rows apart. */
  readonly identity: readonly string[];
  readonly earlier: EarlierPages;
  /** Told of every value that is not understood, with the row's id. Records that are unchanged are not read again. */
  readonly onOdd: (odd: OddValue, identity: number | null) => void;
}

type Kept = ListedRow | UnlistedRow;

/** The rows of one page in order: records, with or without their bytes, and rows that are known to be unchanged. An unchanged record keeps its row object. */
export const decodeRows = async (rows: Rows, decoding: PageDecoding): Promise<readonly Kept[]> => {
  const decoded: Kept[] = [];
  for (let start = 0; start < rows.length; start += ROWS_PER_TURN) {
    if (start > 0) await nextTurn();
    decoded.push(...decodeSome(rows.slice(start, start + ROWS_PER_TURN), decoding));
  }
  return decoded;
};

const decodeSome = (rows: readonly unknown[], decoding: PageDecoding): Kept[] => {
  const { section, context, identity: names, earlier, onOdd } = decoding;
  const texts: Buffer[] = [];
  const fresh: ((packed: PackedTexts) => void)[] = [];
  const kept: Kept[] = [];
  rows.forEach((each, at) => {
    if (each instanceof ListedRow) return kept.push(each);
    const { raw, text, isChanged } = sourceOf(each);
    if (!isRecord(raw)) return kept.push({ identity: null, why: 'not a record' });
    const identity = firstOf(toId, ...names.map((name) => raw[name]));
    const same = isChanged ? null : earlier.same(identity, text);
    if (same !== null) return kept.push(same);
    const decoded = DECODERS[section](raw, context);
    if (decoded.kind === 'foreign') return kept.push({ identity, why: null });
    if (decoded.kind === 'unreadable') {
      return kept.push({ identity, why: withId(decoded.why, raw), ...subjectIn(section, raw, context) });
    }
    for (const odd of decoded.odd ?? []) onOdd(odd, identity);
    const index = texts.push(text) - 1;
    const { row } = decoded;
    kept.push({ identity, why: null });
    return fresh.push((packed) => (kept[at] = ListedRow.of(row, { texts: packed, index, identity })));
  });
  if (texts.length === 0) return kept;
  const packed = new PackedTexts(texts);
  for (const place of fresh) place(packed);
  return kept;
};

const sourceOf = (row: unknown): SourceRow =>
  row instanceof SourceRow ? row : new SourceRow(row, Buffer.from(JSON.stringify(row)));

const subjectIn = (section: Section, raw: JsonRecord, context: DecodeContext): Pick<UnlistedRow, 'subject'> => {
  const subject = subjectOf(section, raw, context);
  return Object.values(subject).some((known) => known !== null) ? { subject } : {};
};

/** Also an id that is none: people look for it in the panel. */
const withId = (why: string, raw: JsonRecord): string => {
  const ids = [raw['id'], raw['did_id']];
  const id = firstOf(toId, ...ids) ?? ids.find((value) => toText(value) !== null);
  return why + (id === undefined ? '' : `, id ${shapeOf(id)}`);
};
