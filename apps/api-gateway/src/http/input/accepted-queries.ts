/** Queries of one DTO that are remembered. */
const MOST = 200;
/** Characters. A longer one is rare, and not worth its room. */
const LONGEST = 500;

/**
 * Queries that their DTO was found to accept. Its rules look at nothing but the query, so the same one is accepted again: a partner
 * that reads number after number sends the same connection and limit each time. Refused ones are looked at anew, for their message.
 */
export class AcceptedQueries {
  private readonly byType = new WeakMap<object, Set<string>>();

  /** `query` is the JSON text of the query as it came. */
  has(type: object, query: string): boolean {
    return this.byType.get(type)?.has(query) ?? false;
  }

  add(type: object, query: string): void {
    if (query.length > LONGEST) return;
    const known = this.byType.get(type) ?? new Set();
    if (known.size >= MOST) known.clear();
    this.byType.set(type, known.add(query));
  }
}
