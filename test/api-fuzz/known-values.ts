type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `connections` → `connection`, `call-routing` → `routing`, `phone-numbers` → `phone_number`. */
export const singular = (name: string): string =>
  name
    .replace(/-/g, '_')
    .replace(/^call_routing$/, 'routing')
    .replace(/^(?:purchased|available)(?:_dids)?$/, 'did')
    .replace(/s$/, '');

const MOST = 60;

/**
 * Values that mean something to the gateway, by the name of the input that takes them: those that a tenant starts with,
 * and those that its answers showed. Without them nearly every generated id would be unknown.
 */
export class KnownValues {
  private readonly values = new Map<string, unknown[]>();
  /** How many of them were there first. */
  private readonly first = new Map<string, number>();

  constructor(first: Readonly<Record<string, readonly unknown[]>> = {}) {
    for (const [name, values] of Object.entries(first)) {
      this.values.set(name, [...values]);
      this.first.set(name, values.length);
    }
  }

  add(name: string, value: unknown): void {
    const list = this.values.get(name) ?? [];
    if (list.includes(value)) return;
    // The oldest stay: they are what the tenant started with.
    if (list.length >= MOST) list.splice(MOST / 2, 1);
    list.push(value);
    this.values.set(name, list);
  }

  /**
   * A known value, undefined when there is none; every other choice is one that was there first, which most of the other
   * things belong to.
   */
  pick(name: string, choice: number): unknown {
    const list = this.values.get(name) ?? [];
    const first = choice % 2 === 0 ? (this.first.get(name) ?? list.length) : list.length;
    return list[Math.floor(choice / 2) % Math.max(1, first)];
  }

  /** Takes over every id and number of an answer. `path` is the route's, whose last word says what a bare `id` is of. */
  learn(path: string, answer: unknown): void {
    const words = path.split('/').filter((word) => word !== '' && !word.startsWith('{'));
    this.collect(answer, singular(words.at(-1) ?? ''));
  }

  private collect(value: unknown, of: string): void {
    if (Array.isArray(value)) {
      for (const item of value.slice(0, MOST)) this.collect(item, of);
      return;
    }
    if (!isObject(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'string' || typeof inner === 'number') this.take(name, inner, of);
      else if (name !== 'raw') this.collect(inner, name === 'data' ? of : singular(name));
    }
  }

  private take(name: string, value: string | number, of: string): void {
    if (name === 'id') this.add(`${of}_id`, value);
    else if (/(?:_id|_number|cursor)$/.test(name)) this.add(name.replace(/^next_/, ''), value);
  }
}
