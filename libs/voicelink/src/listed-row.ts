import type { RemoteRecord } from '@dialtone/domain';
import type { RowSubject } from './row-subject';
import type { JsonRecord } from './scalars';

/** Several texts in one buffer outside the heap: a hundred thousand records cost the garbage collector nothing. */
export class PackedTexts {
  private readonly bytes: Buffer;
  private readonly ends: Uint32Array;

  constructor(texts: readonly Buffer[]) {
    this.bytes = Buffer.concat(texts);
    this.ends = new Uint32Array(texts.length);
    let end = 0;
    texts.forEach((text, index) => {
      end += text.length;
      this.ends[index] = end;
    });
  }

  at(index: number): string {
    return this.bytes.toString('utf8', ...this.rangeOf(index));
  }

  /** Where this text ends in `bytes` when it begins `at` a place in them; -1 when it does not. */
  endIn(index: number, bytes: Buffer, at: number): number {
    const [from, to] = this.rangeOf(index);
    const end = at + to - from;
    return end <= bytes.length && this.bytes.compare(bytes, at, end, from, to) === 0 ? end : -1;
  }

  private rangeOf(index: number): readonly [from: number, to: number] {
    return [index === 0 ? 0 : (this.ends[index - 1] ?? 0), this.ends[index] ?? 0];
  }
}

/** A row that is counted but not listed. `why` it could not be read; null when it is certainly not a declarable number. */
export interface UnlistedRow {
  readonly identity: number | null;
  readonly why: string | null;
  /** What it is about; left out where nothing can be told. */
  readonly subject?: RowSubject;
}

/**
 * A decoded row as it is kept between listings: the facts that decisions need as own properties, and the received record as
 * packed text. `raw` parses that text on access. It is no own property, so a spread does not copy it.
 */
export class ListedRow implements RemoteRecord {
  /* eslint-disable no-restricted-syntax -- a `private` member is an own property: spreading and comparing rows would meet it. */
  readonly #texts: PackedTexts;
  readonly #index: number;
  readonly #identity: number | null;

  private constructor(texts: PackedTexts, index: number, identity: number | null) {
    this.#texts = texts;
    this.#index = index;
    this.#identity = identity;
  }

  static of<Row extends RemoteRecord>(
    row: Row,
    kept: { readonly texts: PackedTexts; readonly index: number; readonly identity: number | null },
  ): Row & ListedRow {
    const listed = new ListedRow(kept.texts, kept.index, kept.identity);
    const facts = listed as unknown as Record<string, unknown>;
    for (const name in row) if (name !== 'raw') facts[name] = row[name];
    return listed as unknown as Row & ListedRow;
  }

  get raw(): JsonRecord {
    return JSON.parse(this.text) as JsonRecord;
  }

  get rawText(): string {
    return this.text;
  }

  /** The record as JSON, as it was received: equal texts are equal records. */
  get text(): string {
    return this.#texts.at(this.#index);
  }

  isText(text: Buffer): boolean {
    return this.endIn(text, 0) === text.length;
  }

  /** Where the record ends in `bytes` when it begins `at` a place in them, byte by byte; -1 when it does not. */
  endIn(bytes: Buffer, at: number): number {
    return this.#texts.endIn(this.#index, bytes, at);
  }

  /** The row's own id in its list, which tells it from other rows. */
  get identity(): number | null {
    return this.#identity;
  }
}
