import type { SecretBox } from './secret-box';

/** Where sealed texts are. A change of keys reaches what is listed here, and only `sealAt` seals. */
interface SealedPlace {
  readonly table: string;
  readonly column: string;
  /** SQL: names the row, and orders the rows. */
  readonly row: string;
  readonly rowType: 'uuid' | 'text';
  /** SQL: the row that $1 names. */
  readonly isRow: string;
  /** SQL: the row has a sealed text that may still be read. */
  readonly isSealed: string;
  /** SQL: of whom or what an operator is told when no key opens the text. */
  readonly owner: string;
  /** How the column holds the sealed bytes. */
  readonly form: SealedForm;
}

interface SealedForm {
  readonly stored: (sealed: Buffer) => Buffer | string;
  readonly sealed: (stored: Buffer | string) => Buffer;
}

const BYTES: SealedForm = { stored: (sealed) => sealed, sealed: (stored) => Buffer.from(stored as Buffer) };

/** Sealed among texts that are not. No JSON begins like this. */
const MARK = 'sealed:';
export const isMarked = (text: string | null): text is string => text?.startsWith(MARK) === true;
export const marked = (sealed: Buffer): string => MARK + sealed.toString('base64');
export const unmarked = (text: string): Buffer => Buffer.from(text.slice(MARK.length), 'base64');
const MARKED: SealedForm = { stored: marked, sealed: (stored) => unmarked(String(stored)) };

const byId = { row: 'id', rowType: 'uuid', isRow: 'id = $1', form: BYTES } as const;

export const SEALED_COLUMNS = {
  /** Of disconnected connections, too: they must not depend on a key that is being retired. */
  credentials: {
    ...byId,
    table: 'connections',
    column: 'credentials',
    isSealed: 'credentials is not null',
    owner: 'id::text',
  },
  pointers: {
    ...byId,
    table: 'number_pointings',
    column: 'pointers',
    row: 'number_id',
    isRow: 'number_id = $1',
    isSealed: 'pointers is not null',
    owner: '(select p.connection_id::text from phone_numbers p where p.id = number_id)',
  },
  webhook: { ...byId, table: 'webhooks', column: 'sealed', isSealed: 'true', owner: `'webhook:' || id` },
  answer: {
    table: 'idempotency_keys',
    column: 'body',
    row: `partner_id || '|' || key`,
    rowType: 'text',
    isRow: `partner_id = left($1, 36)::uuid and key = substr($1, 38)`,
    isSealed: `starts_with(body, '${MARK}') and expires_at > now()`,
    owner: `'kept_answer_of:' || partner_id`,
    form: MARKED,
  },
} as const satisfies Readonly<Record<string, SealedPlace>>;

export type SealedColumn = keyof typeof SEALED_COLUMNS;

export const placeOf = (of: SealedColumn): SealedPlace => SEALED_COLUMNS[of];

const aadOf = (of: SealedColumn, row: string): string => `${placeOf(of).table}|${row}|${placeOf(of).column}`;

/** For one row alone: moved to another one, it does not open. */
export const sealAt = (box: SecretBox, of: SealedColumn, row: string, plain: string): Buffer =>
  box.encrypt(aadOf(of, row), plain);

/** Throws as `SecretBox.decrypt` does. */
export const openAt = (box: SecretBox, of: SealedColumn, row: string, sealed: Buffer): string =>
  box.decrypt(aadOf(of, row), sealed);

/** Null: no key of this deployment opens it. */
export const openedAt = (box: SecretBox, of: SealedColumn, row: string, sealed: Buffer): string | null => {
  try {
    return openAt(box, of, row, sealed);
  } catch {
    return null;
  }
};
