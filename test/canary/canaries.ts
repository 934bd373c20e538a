import { randomBytes } from 'node:crypto';

/** Letters and digits: it looks the same in JSON, in URLs and in SQL. */
const LENGTH = 12;
const BASE64_SHIFTS = [0, 1, 2];

/** The Base64 forms of a text at every alignment, without the characters that depend on its neighbours. */
const base64Of = (text: string): readonly string[] =>
  BASE64_SHIFTS.map((shift) =>
    Buffer.from(`${' '.repeat(shift)}${text}`)
      .toString('base64')
      .slice(shift + 1, -4),
  );

/** Distinct secrets, which can be found in any text and in the usual encodings. */
export class Canaries {
  private readonly values = new Map<string, string>();

  /** A new secret; `name` is what a finding calls it. */
  make(name: string): string {
    const value = `canary${randomBytes(LENGTH).toString('hex')}`;
    this.add(name, value);
    return value;
  }

  add(name: string, value: string): void {
    this.values.set(name, value);
  }

  /** The names of the secrets in the texts, each with its position. */
  foundIn(texts: readonly string[]): readonly string[] {
    const all = texts.join('\n');
    return [...this.values].flatMap(([name, value]) => {
      const forms = [value, Buffer.from(value).toString('hex'), ...base64Of(value)];
      const at = forms.map((form) => all.indexOf(form)).find((index) => index >= 0);
      return at === undefined ? [] : [`${name} in …${all.slice(Math.max(0, at - 120), at)}…`];
    });
  }
}
