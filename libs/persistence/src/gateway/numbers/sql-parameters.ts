/** The parameters of a statement that is put together. */
export class SqlParameters {
  readonly values: unknown[] = [];

  /** The place of the value in the statement, `$1` for the first one. */
  take(value: unknown): string {
    return `$${String(this.values.push(value))}`;
  }
}
