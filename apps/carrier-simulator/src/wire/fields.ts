export type Body = Readonly<Record<string, unknown>>;
export type FieldErrors = Readonly<Record<string, string>>;

/** Any JSON value as an object; everything else counts as an empty one. */
export const asBody = (value: unknown): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};

interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
}

/** Reads a body of the admin API. Each reader returns null for a field that is missing or wrong; `errors` says which are. */
export class Fields {
  private readonly found = new Map<string, string>();

  constructor(private readonly body: Body) {}

  get errors(): FieldErrors | null {
    return this.found.size === 0 ? null : Object.fromEntries(this.found);
  }

  text(name: string, { required = false } = {}): string | null {
    const value = this.body[name];
    if (value === undefined || value === null || value === '') return required ? this.fail(name, 'is required') : null;
    return typeof value === 'string' ? value : this.fail(name, 'must be a string');
  }

  choice<T extends string>(name: string, choices: readonly T[], { required = false } = {}): T | null {
    const value = this.text(name, { required });
    if (value === null) return null;
    return choices.find((choice) => choice === value) ?? this.fail(name, `must be one of ${choices.join(', ')}`);
  }

  int(name: string, range: Range = {}): number | null {
    const value = this.number(name, range);
    return value === null || Number.isInteger(value) ? value : this.fail(name, 'must be a whole number');
  }

  number(name: string, range: Range = {}): number | null {
    const given = this.body[name] ?? '';
    if (given === '') return range.required === true ? this.fail(name, 'is required') : null;
    const value = Number(given);
    if (!['string', 'number'].includes(typeof given) || !Number.isFinite(value))
      return this.fail(name, 'must be a number');
    return isWithin(value, range) ? value : this.fail(name, `must be ${spanOf(range)}`);
  }

  /** An object whose values are all strings; null when it is missing. */
  texts(name: string): Readonly<Record<string, string>> | null {
    const value = this.body[name];
    if (value === undefined || value === null) return null;
    const entries = Object.entries(asBody(value));
    if (entries.length === 0 || !entries.every((entry): entry is [string, string] => typeof entry[1] === 'string'))
      return this.fail(name, 'must be an object of strings');
    return Object.fromEntries(entries);
  }

  /** A misspelt field must not pass for one that was not sent. */
  only(...names: readonly string[]): void {
    for (const name of Object.keys(this.body)) if (!names.includes(name)) this.fail(name, 'is not known');
  }

  fail(name: string, sentence: string): null {
    this.found.set(name, `${name} ${sentence}`);
    return null;
  }
}

const isWithin = (value: number, { min = -Infinity, max = Infinity }: Range): boolean => value >= min && value <= max;

const spanOf = ({ min, max }: Range): string =>
  max === undefined ? `at least ${String(min)}` : `from ${String(min)} to ${String(max)}`;
