import { type Bit } from './records';

export type Body = Readonly<Record<string, unknown>>;

/** Laravel's shape of a validation failure: a list of sentences per field. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

interface TextRule {
  readonly required?: boolean;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
}

interface NumberRule {
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly number[];
}

/** Any JSON value as an object; everything else counts as an empty one. */
export const asBody = (value: unknown): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};

/**
 * Reads a request body the way a Laravel validator does: collects all errors, takes numeric strings for numbers, and
 * treats null and "" like a missing field. Each reader returns null for a missing or wrong field; see `errors`.
 */
export class Fields {
  private readonly found: Record<string, string[]> = {};

  constructor(private readonly body: Body) {}

  get errors(): FieldErrors | null {
    return Object.keys(this.found).length === 0 ? null : this.found;
  }

  has(name: string): boolean {
    return this.value(name) !== null;
  }

  text(name: string, rule: TextRule = {}): string | null {
    const value = this.value(name);
    if (value === null) return this.missing(name, rule.required);
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string') return this.wrong(name, 'must be a string');
    if (rule.pattern?.test(text) === false) return this.wrong(name, 'format is invalid');
    if (rule.oneOf?.includes(text) === false) return this.wrong(name, 'is invalid');
    return text;
  }

  /** Like `text`; "" when it is missing or wrong. */
  requiredText(name: string, rule: TextRule = {}): string {
    return this.text(name, { ...rule, required: true }) ?? '';
  }

  /** An id; 0, which no record has, when it is missing or wrong. */
  requiredId(name: string): number {
    return this.int(name, { required: true, min: 1 }) ?? 0;
  }

  /** A whole number. */
  int(name: string, rule: NumberRule = {}): number | null {
    const value = this.number(name, rule);
    return value !== null && !Number.isSafeInteger(value) ? this.wrong(name, 'must be an integer') : value;
  }

  number(name: string, rule: NumberRule = {}): number | null {
    const value = this.value(name);
    if (value === null) return this.missing(name, rule.required);
    const parsed = toNumber(value);
    if (parsed === null) return this.wrong(name, 'must be a number');
    if (rule.oneOf?.includes(parsed) === false) return this.wrong(name, 'is invalid');
    if (rule.min !== undefined && parsed < rule.min) return this.wrong(name, `must be at least ${String(rule.min)}`);
    if (rule.max !== undefined && parsed > rule.max)
      return this.wrong(name, `may not be greater than ${String(rule.max)}`);
    return parsed;
  }

  bit(name: string, rule: { readonly required?: boolean } = {}): Bit | null {
    const value = this.value(name);
    if (value === true) return 1;
    if (value === false) return 0;
    return this.int(name, { ...rule, oneOf: [0, 1] }) as Bit | null;
  }

  /** Adds a failure of a rule that involves several fields. */
  fail(name: string, sentence: string): void {
    this.wrong(name, sentence);
  }

  private value(name: string): unknown {
    const value = this.body[name];
    return value === undefined || value === '' ? null : value;
  }

  private missing(name: string, required: boolean | undefined): null {
    return required === true ? this.wrong(name, 'is required') : null;
  }

  private wrong(name: string, sentence: string): null {
    const text = `The ${name.replaceAll('_', ' ')} field ${sentence}.`;
    this.found[name] = [...(this.found[name] ?? []), text];
    return null;
  }
}

const toNumber = (value: unknown): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : null;
};
