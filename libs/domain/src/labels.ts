/** What a partner sorts its declarations by: names and values as Kubernetes takes them. */
export type Labels = Readonly<Record<string, string>>;

export const MAX_LABELS = 16;
const PART = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const DNS_PART = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const NAME = `(?:(?=[^/]{1,253}/)${DNS_PART}(?:\\.${DNS_PART})*/)?${PART}`;
const VALUE = `(?:${PART})?`;

export const LABEL_NAME_PATTERN = `^${NAME}$`;
export const LABEL_VALUE_PATTERN = `^${VALUE}$`;
export const MANAGER_PATTERN = `^${PART}$`;

const isName = (text: string): boolean => new RegExp(LABEL_NAME_PATTERN).test(text);
const isValue = (text: string): boolean => new RegExp(LABEL_VALUE_PATTERN).test(text);

const NAME_RULE =
  'a label name has 1 to 63 letters, digits, "-", "_" and ".", begins and ends with a letter or digit, and may have a prefix of lower-case DNS names and "/"';
const VALUE_RULE =
  'a label value is a text of at most 63 letters, digits, "-", "_" and "." that begins and ends with a letter or digit, or empty';

const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** What is wrong with a value that should be labels, as the end of a sentence about it; null when it is labels. */
export const labelsFault = (value: unknown): string | null => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object of texts';
  const entries = Object.entries(value);
  if (entries.length > MAX_LABELS) return `must be at most ${String(MAX_LABELS)} labels`;
  for (const [name, content] of entries) {
    if (!isName(name)) return `must not have ${shown(name)}: ${NAME_RULE}`;
    if (typeof content !== 'string' || !isValue(content))
      return `must not have this value of ${shown(name)}: ${VALUE_RULE}`;
  }
  return null;
};

/** Beside what is declared: how it is sorted, and by whom it is kept. No reconcile depends on it. */
export interface DeclarationMarks {
  readonly labels: Labels;
  /** The source that declares the number, and alone changes and withdraws it; null: none. */
  readonly manager: string | null;
}

export const NO_MARKS: DeclarationMarks = { labels: {}, manager: null };

const sameLabels = (a: Labels, b: Labels): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
};

export const sameMarks = (a: DeclarationMarks, b: DeclarationMarks): boolean =>
  a.manager === b.manager && sameLabels(a.labels, b.labels);
