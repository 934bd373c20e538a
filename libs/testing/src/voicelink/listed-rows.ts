interface Listed<Stored, Row> {
  readonly stored: Stored;
  readonly text: string;
  readonly row: Row;
}

/**
 * The rows of one list by id. As with the HTTP client, a row stays the same object while nothing in it changes; it is rebuilt
 * only when one of the records behind it is replaced.
 */
export class ListedRows<Stored extends readonly object[], Row extends object> {
  private readonly listed = new Map<number, Listed<Stored, Row>>();

  row(id: number, stored: Stored, make: (...stored: Stored) => Row): Row {
    const before = this.listed.get(id);
    if (before?.stored.every((record, index) => record === stored[index]) === true) return before.row;
    const fresh = make(...stored);
    const text = JSON.stringify(fresh);
    const row = before?.text === text ? before.row : fresh;
    this.listed.set(id, { stored, text, row });
    return row;
  }
}
