import type { Duplex } from 'node:stream';
import { types } from 'pg';
import type { Row } from '../db';
import { executionOf, type Parameter, type PreparedStatement } from './prepared-statement';

/** What is sent through, of the driver's connection. */
interface Wire {
  readonly stream: Duplex;
  close(statement: { readonly type: 'S'; readonly name: string }): void;
  parse(statement: { readonly name: string; readonly text: string }): void;
  describe(statement: { readonly type: 'S'; readonly name: string }): void;
}

type TypeId = Parameters<typeof types.getTypeParser>[0];

interface Field {
  readonly name: string;
  readonly dataTypeID: TypeId;
}

/** How the rows of a statement are read. */
interface Shape {
  readonly names: readonly string[];
  readonly readers: readonly ((text: string) => unknown)[];
  /** All columns, null: a copy of it is cheaper than to add them one by one. */
  readonly empty: Record<string, unknown>;
}

/**
 * A plan is made for the tables as they are, and kept: it is made anew after this time, ms, since a table may have grown from nothing
 * to a hundred thousand rows before anything analyses it.
 */
const KEPT_MS = 10_000;

interface Known {
  readonly shape: Shape;
  readonly until: number;
}

/** What one connection has prepared. */
export class PreparedStatements {
  private readonly known = new Map<PreparedStatement, Known>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  shapeOf(statement: PreparedStatement): Shape | null {
    const known = this.known.get(statement);
    return known !== undefined && known.until > this.now() ? known.shape : null;
  }

  add(statement: PreparedStatement, shape: Shape): void {
    this.known.set(statement, { shape, until: this.now() + KEPT_MS });
  }

  forget(statement: PreparedStatement): void {
    this.known.delete(statement);
  }
}

export interface PreparedAsk {
  readonly statement: PreparedStatement;
  readonly parameters: readonly Parameter[];
}

const shapeOf = (fields: readonly Field[]): Shape => ({
  names: fields.map(({ name }) => name),
  readers: fields.map(({ dataTypeID }) => types.getTypeParser(dataTypeID, 'text') as (text: string) => unknown),
  empty: Object.fromEntries(fields.map(({ name }) => [name, null])),
});

/**
 * One execution of a prepared statement, as the driver's queue takes it. The first one on a connection prepares the statement, and
 * learns the columns; those that follow send the parameters alone.
 */
export class PreparedQuery {
  readonly rows: Row[] = [];
  private shape: Shape | null = null;
  private failure: Error | null = null;

  constructor(
    private readonly asked: PreparedAsk,
    private readonly prepared: PreparedStatements,
    private readonly settle: (error: Error | null, rows: Row[]) => void,
  ) {}

  /** For those who count statements. */
  get text(): string {
    return this.asked.statement.text;
  }

  submit(wire: Wire): null {
    const { statement, parameters } = this.asked;
    const execution = executionOf(statement.name, parameters);
    this.shape = this.prepared.shapeOf(statement);
    if (this.shape === null) this.prepare(wire, execution);
    else wire.stream.write(execution);
    return null;
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.shape = shapeOf(fields);
    this.prepared.add(this.asked.statement, this.shape);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    try {
      this.rows.push(rowOf(this.shape, fields));
    } catch (error) {
      this.failure = error as Error;
    }
  }

  /** The driver sends nothing more to a query that has failed: it is over. */
  handleError(error: Error): void {
    this.prepared.forget(this.asked.statement);
    this.settle(error, this.rows);
  }

  handleReadyForQuery(): void {
    this.settle(this.failure, this.rows);
  }

  handleCommandComplete(): void {
    // All rows have come, and what is to be done follows.
  }

  handleEmptyQuery(): void {
    // No statement is empty.
  }

  handlePortalSuspended(): void {
    // All rows are asked for at once.
  }

  private prepare(wire: Wire, execution: Buffer): void {
    const { name, text } = this.asked.statement;
    wire.stream.cork();
    // One that is not there may be closed as well: whatever there is by this name, it is this statement afterwards.
    wire.close({ type: 'S', name });
    wire.parse({ name, text });
    wire.describe({ type: 'S', name });
    wire.stream.write(execution);
    wire.stream.uncork();
  }
}

const rowOf = (shape: Shape | null, values: readonly (string | null)[]): Row => {
  if (shape === null) throw new Error('The server sent a row without its columns.');
  const { names, readers, empty } = shape;
  const row = { ...empty };
  for (let nth = 0; nth < values.length; nth += 1) {
    const value = values[nth] ?? null;
    const name = names[nth];
    const read = readers[nth];
    if (name !== undefined && read !== undefined) row[name] = value === null ? null : read(value);
  }
  return row;
};
