import type { RemoteRecord } from '@dialtone/domain';
import type { RowSubject } from './row-subject';
import type { JsonRecord } from './scalars';

/** Several texts in one buffer outside the heap, with commas between them: a hundred thousand records cost the garbage collector nothing. */
export class PackedTexts {
  private readonly bytes: Buffer;
  private readonly ends: Uint32Array;

  constructor(texts: readonly Buffer[]) {
    this.ends = new Uint32Array(texts.length);
    let end = -1;
    texts.forEach((text, index) => {
      end += 1 + text.length;
      this.ends[index] = end;
    });
    this.bytes = Buffer.alloc(Math.max(0, end), ',');
    texts.forEach((text, index) => text.copy(this.bytes, this.rangeOf(index)[0]));
  }

  at(index: number): string {
    return this.bytes.toString('utf8', ...this.rangeOf(index));
  }

  /** Where this text ends in `bytes` when it begins `at` a place in them; -1 when it does not. */
  endIn(index: number, bytes: Buffer, at: number): number {
    return this.endOfRun(index, 1, { bytes, at });
  }

  /** The same of several texts with a comma between them. */
  endOfRun(index: number, count: number, { bytes, at }: { readonly bytes: Buffer; readonly at: number }): number {
    const [from] = this.rangeOf(index);
    const to = this.ends[index + count - 1] ?? 0;
    const end = at + to - from;
    return end <= bytes.length && this.bytes.compare(bytes, at, end, from, to) === 0 ? end : -1;
  }

  private rangeOf(index: number): readonly [from: number, to: number] {
    return [index === 0 ? 0 : (this.ends[index - 1] ?? 0) + 1, this.ends[index] ?? 0];
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

  /** True if the other row's record lies `places` after this one's in the same memory. */
  isFollowedBy(other: ListedRow | UnlistedRow | undefined, places: number): boolean {
    return other instanceof ListedRow && other.#texts === this.#texts && other.#index === this.#index + places;
  }

  /** Where `count` records, from this one on, end in `bytes` when they begin `at` a place in them, with a comma between them; -1 when they do not. */
  endOfRun(count: number, bytes: Buffer, at: number): number {
    return this.#texts.endOfRun(this.#index, count, { bytes, at });
  }

  /** The row's own id in its list, which tells it from other rows. */
  get identity(): number | null {
    return this.#identity;
  }
}
