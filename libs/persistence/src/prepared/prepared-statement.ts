/** A parameter in PostgreSQL's text format; null is SQL's. */
export type Parameter = string | null;

/**
 * A statement that is asked so often that each connection keeps it parsed and planned. Its result is text in all columns, its parameters
 * have the types that the statement gives them. One instance for each text.
 */
export class PreparedStatement {
  /** `name`: not that of another statement. */
  constructor(
    readonly name: string,
    readonly text: string,
  ) {}
}

const NEEDS_QUOTES = /["\\{},\s]|^(?:null)?$/i;

/** A one-dimensional array of texts as a parameter. */
export const arrayParameter = (values: readonly Parameter[]): string => `{${values.map(elementOf).join(',')}}`;

const elementOf = (value: Parameter): string => {
  if (value === null) return 'NULL';
  return NEEDS_QUOTES.test(value) ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : value;
};

const EXECUTE_AND_SYNC = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0x53, 0, 0, 0, 4]);
const BIND = 0x42;

/** The messages Bind, Execute and Sync of PostgreSQL's protocol: ask a prepared statement for all of its rows, in text. */
export const executionOf = (name: string, parameters: readonly Parameter[]): Buffer => {
  const sizes = parameters.map((value) => (value === null ? 0 : Buffer.byteLength(value)));
  // Length, portal, name, formats of parameters (none: text), number of parameters, formats of columns (none: text).
  const bound = 4 + 1 + (name.length + 1) + 2 + 2 + sizes.reduce((sum, size) => sum + 4 + size, 0) + 2;
  const message = Buffer.allocUnsafe(1 + bound + EXECUTE_AND_SYNC.length);
  let at = message.writeUInt8(BIND);
  at = message.writeInt32BE(bound, at);
  at = message.writeUInt8(0, at);
  at += message.write(name, at, 'latin1');
  at = message.writeUInt8(0, at);
  at = message.writeInt16BE(0, at);
  at = message.writeInt16BE(parameters.length, at);
  for (const [nth, value] of parameters.entries()) {
    at = message.writeInt32BE(value === null ? -1 : (sizes[nth] ?? 0), at);
    if (value !== null) at += message.write(value, at);
  }
  at = message.writeInt16BE(0, at);
  EXECUTE_AND_SYNC.copy(message, at);
  return message;
};
