/** More different texts than any column of verdicts has: issues, advisories. */
const MOST_TEXTS = 1_000;

/** Reads JSON of which many rows have the same: each text is parsed once, and what comes of it is shared and not to be changed. */
export class ReadTexts<Value> {
  private readonly known = new Map<string, Value>();

  constructor(private readonly read: (text: string) => Value = (text) => JSON.parse(text) as Value) {}

  of(text: string): Value {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const value = this.read(text);
    if (this.known.size >= MOST_TEXTS) this.known.clear();
    this.known.set(text, value);
    return value;
  }
}
