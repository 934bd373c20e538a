const WORD = String.raw`(?:passw(?:or)?ds?|passphrase|pwd|secret|token|credentials?|authorization)`;
const KEY = String.raw`(?:api|private|secret|access|auth)[_-]?key`;
/**
 * Fields that only VoiceLink needs, such as the registration password of a SIP trunk (VoiceLink upstream notes §9.1), by
 * the end of their names: `token_type` says nothing, a `password_hash` does.
 */
const SECRET_FIELD = new RegExp(`(?:${WORD}|${KEY}|(?:^|_)pass)(?:[_-]?(?:hash|confirmation))?$`, 'i');
export const REDACTED = '[redacted]';
const TOO_DEEP = '[nested too deeply]';
/** Far more than any record has; what walks deeper would run out of stack. */
const MAX_DEPTH = 100;

type Fields = Readonly<Record<string, unknown>>;

/** Hides what a text holds that must not be seen. */
export type Hide = (text: string) => string;

/** A foreign record as it may be shown or stored: whatever is called like a secret is gone, however deep it is. */
export const redactSecrets = (record: Fields): Fields => withoutNamedSecrets(record) as Fields;

/** What a name of a secret cannot do without, and what spells names in another way. */
const MAY_HIDE = /pass|pwd|secret|token|credential|authorization|key|\\/i;
/** So many begin in it that some may be nested too deeply. */
const DEEP = new RegExp(String.raw`^(?:[^[{]*[[{]){${String(MAX_DEPTH)}}`);

/**
 * True: the record whose JSON this is holds nothing that `redactSecrets` would hide, so nothing has to be read or copied. False: it may.
 */
export const isWithoutSecrets = (json: string): boolean => !MAY_HIDE.test(json) && !DEEP.test(json);

/** The same of any JSON value, and without `secrets` in any of its texts, names and numbers. */
export const withoutSecrets = (value: unknown, secrets: readonly string[] = []): unknown => cleanerOf(secrets)(value);

/**
 * The same of many values, one after another. `stored` secrets are hidden except in fields that show what a caller of the API
 * wrote: a guess that is written there and read back must look the same, right or wrong.
 */
export const cleanerOf = (
  secrets: readonly string[],
  stored: readonly string[] = [],
): ((value: unknown) => unknown) => {
  const cleaning = new Cleaning(secrets, stored);
  return (value) => cleaning.of(value, 0);
};

/**
 * The secrets that what the caller sent does not hold. An answer to a guess repeats it as it was sent, right or wrong: hiding
 * only the right one would tell.
 */
export const secretsNotIn = (sent: string, secrets: readonly string[]): readonly string[] =>
  secrets.filter((secret) => hiderOf([secret])(sent) === sent);

/** By the end of their names: fields of clients, bots, mappings and routing records that partners write, and copies of them. */
const WRITTEN_FIELD =
  /(?:name|email|phone|mobile|url|description|label|plan_type|date|status|threshold|seconds|rate|count|(?:^|_)id)$/i;

/** What is hidden at one place of a record. */
interface Hidden {
  readonly hide: Hide;
  /** A secret of digits alone may come back as a number. */
  readonly numbers: ReadonlySet<string>;
}

/** A short number is an id or an amount many times, and a gap among these would tell it. */
const hiding = (secrets: readonly string[]): Hidden => ({
  hide: hiderOf(secrets),
  numbers: new Set(secrets.filter((secret) => secret.length >= LONG && /^\d+$/.test(secret))),
});

/** Records have some dozen names; foreign ones may have any. */
const MOST_NAMES = 1_000;

/** A list may hold a hundred thousand records with the same few names: each is looked at once. */
class Cleaning {
  private readonly anywhere: Hidden;
  private readonly written: Hidden;
  private readonly names = new Map<
    string,
    { readonly shown: string; readonly isSecret: boolean; readonly in: Hidden }
  >();

  constructor(secrets: readonly string[], stored: readonly string[]) {
    this.anywhere = hiding([...secrets, ...stored]);
    this.written = hiding(secrets);
  }

  of(value: unknown, depth: number, hidden = this.anywhere): unknown {
    if (typeof value === 'string') return hidden.hide(value);
    if (typeof value === 'number') return hidden.numbers.has(String(value)) ? REDACTED : value;
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return TOO_DEEP;
    if (Array.isArray(value)) return value.map((item) => this.of(item, depth + 1, hidden));
    return this.record(value as Fields, depth);
  }

  private record(record: Fields, depth: number): Fields {
    const clean: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(record)) {
      const { shown, isSecret, in: hidden } = this.name(name);
      const inner = isSecret && mayBeSecret(value) ? REDACTED : this.of(value, depth + 1, hidden);
      if (shown === '__proto__') Object.defineProperty(clean, shown, { ...OWN, value: inner });
      else clean[shown] = inner;
    }
    return clean;
  }

  private name(name: string): { readonly shown: string; readonly isSecret: boolean; readonly in: Hidden } {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const where = WRITTEN_FIELD.test(name) ? this.written : this.anywhere;
    const looked = { shown: this.anywhere.hide(name), isSecret: SECRET_FIELD.test(name), in: where };
    if (this.names.size >= MOST_NAMES) this.names.clear();
    this.names.set(name, looked);
    return looked;
  }
}

/** Assigning it would change what kind of object it is. */
const OWN = { enumerable: true, configurable: true, writable: true } as const;

/** Whether there is a secret is none; VoiceLink writes 0 and 1 for false and true (VoiceLink upstream notes §10.2). */
const mayBeSecret = (value: unknown): boolean =>
  value !== null && typeof value !== 'boolean' && value !== 0 && value !== 1;

/**
 * Hides these secrets in texts that may quote them, as they are or escaped. A short one, or one of digits, is hidden where it
 * stands by itself: anywhere else it is part of a word or of a number that has nothing to do with it. So are all `words`.
 */
export const hiderOf = (secrets: readonly string[], words: readonly string[] = []): Hide => {
  const patterns = new Map<string, string>();
  for (const word of words.flatMap(formsOf)) patterns.set(word, byItself(word));
  for (const form of secrets.flatMap(formsOf)) patterns.set(form, isTelling(form) ? literal(form) : byItself(form));
  patterns.delete('');
  if (patterns.size === 0) return (text) => text;
  // The longest first: what is hidden must not leave the rest of a longer one.
  const longestFirst = [...patterns].sort(([a], [b]) => b.length - a.length).map(([, pattern]) => pattern);
  const any = new RegExp(longestFirst.join('|'), 'gu');
  return (text) => text.replace(any, REDACTED);
};

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#039;',
};

/** As it is, in a JSON text, in a page, and in a URL. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  secret.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character),
  encodeURIComponent(secret.toWellFormed()),
];

const LONG = 8;
const isTelling = (form: string): boolean => form.length >= LONG && /\D/.test(form);

const literal = (form: string): string => form.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
const byItself = (form: string): string => `(?<![\\p{L}\\p{N}_])${literal(form)}(?![\\p{L}\\p{N}_])`;

/** One for all that hide no text: the names are the same each time. */
const withoutNamedSecrets = cleanerOf([]);
