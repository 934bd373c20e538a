export interface TableDump<T> {
  readonly lastId: number;
  readonly rows: readonly T[];
}

/** Records in ascending id order. Reading a page is a slice; replacing a record does not move it. */
export class Table<T extends { readonly id: number }> {
  private list: T[] = [];
  private position = new Map<number, number>();
  private lastId: number;

  /** The first record gets id `firstId`; ids are never used twice. `changing` is called before each change of a record. */
  constructor(
    firstId: number,
    private readonly changing: () => void = () => undefined,
  ) {
    this.lastId = firstId - 1;
  }

  get rows(): readonly T[] {
    return this.list;
  }

  get(id: number): T | undefined {
    const at = this.position.get(id);
    return at === undefined ? undefined : this.list[at];
  }

  /** Inserts under the next id, or under the given one, which must be free. */
  add(fields: Omit<T, 'id'>, id = this.lastId + 1): T {
    if (this.position.has(id)) throw new Error(`there is a record ${String(id)} already`);
    const record = { ...fields, id } as T;
    this.changing();
    if (id > this.lastId) {
      this.lastId = id;
      this.position.set(id, this.list.length);
      this.list.push(record);
    } else {
      this.replaceAll([...this.list, record].sort((a, b) => a.id - b.id));
    }
    return record;
  }

  /** Replaces the record with the same id. Throws when it is missing, which is a bug of the simulator. */
  put(record: T): T {
    const at = this.position.get(record.id);
    if (at === undefined) throw new Error(`no record ${String(record.id)} to replace`);
    this.changing();
    this.list[at] = record;
    return record;
  }

  /** Does nothing for an unknown id. */
  remove(id: number): void {
    if (!this.position.has(id)) return;
    this.changing();
    this.replaceAll(this.list.filter((record) => record.id !== id));
  }

  /** Stays as it is while the table changes. */
  dump(): TableDump<T> {
    return { lastId: this.lastId, rows: [...this.list] };
  }

  /** Replaces everything; ids continue those of the dumped table. */
  restore({ lastId, rows }: TableDump<T>): void {
    this.lastId = lastId;
    this.replaceAll([...rows]);
  }

  private replaceAll(rows: T[]): void {
    this.list = rows;
    this.position = new Map(rows.map((record, at) => [record.id, at]));
  }
}
