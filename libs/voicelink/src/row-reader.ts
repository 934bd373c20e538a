import { shapeOf } from '@dialtone/wire';
import { UNREADABLE, type Meaning } from './meanings';
import type { JsonRecord } from './scalars';

/** A value that is there and is not understood. */
export interface OddValue {
  /** Name of the field, as VoiceLink spells it. */
  readonly field: string;
  /** What came, in a few printable characters. */
  readonly shape: string;
}

/** Reads the fields of one row and keeps account of those that it cannot read. */
export class RowReader<Fact extends string> {
  readonly odd: OddValue[] = [];
  private readonly facts: Fact[] = [];

  constructor(readonly raw: JsonRecord) {}

  /** Null: none, or unreadable, which makes the fact unknown. Of several names the first that holds anything counts. */
  read<T>(fact: Fact, meaning: Meaning<T>, ...names: readonly string[]): T | null {
    for (const name of names) {
      const reading = meaning(this.raw[name]);
      if (reading === UNREADABLE) {
        this.isUnknown(fact, name);
        return null;
      }
      if (reading !== null) return reading;
    }
    return null;
  }

  /** Notes that these fields leave a fact unknown. */
  isUnknown(fact: Fact, ...names: readonly string[]): void {
    this.facts.push(fact);
    names.forEach((name) => {
      this.isOdd(name);
    });
  }

  /** Notes a value that is not understood and that nothing depends on. */
  isOdd(name: string): void {
    this.odd.push({ field: name, shape: shapeOf(this.raw[name]) });
  }

  /** To be spread into the row: nothing when all was read. */
  get marks(): { readonly unreadable?: readonly Fact[] } {
    return this.facts.length === 0 ? {} : { unreadable: this.facts };
  }
}
