import type { Section, SetAsideRow } from '@dialtone/domain';
import { keyOf, type DecodeContext } from './decode';
import { readClientId, UNREADABLE, type Reading } from './meanings';
import { toId, type JsonRecord } from './scalars';

/** What a row is about, as far as that can be told; null: anything. */
export type RowSubject = Pick<SetAsideRow, 'key' | 'clientId' | 'didId'>;

export const ANY_SUBJECT: RowSubject = { key: null, clientId: null, didId: null };

/** Of a row that cannot be read as a whole. */
export const subjectOf = (section: Section, raw: JsonRecord, context: DecodeContext): RowSubject => {
  switch (section) {
    case 'dids':
    case 'available_dids':
      return { ...ANY_SUBJECT, key: known(keyOf(raw, context)) };
    case 'routing':
      return { ...ANY_SUBJECT, key: known(keyOf(raw, context)), didId: toId(raw['did_id']) };
    case 'bots':
      return { ...ANY_SUBJECT, clientId: clientOf(raw) };
    case 'clients':
      return ANY_SUBJECT;
  }
};

/** Of a row that was read. */
export const subjectOfRead = (section: Section, row: object): RowSubject => {
  const { key = null, clientId = null, didId = null }: Partial<RowSubject> = row;
  return { key, clientId: section === 'bots' ? clientId : null, didId: section === 'routing' ? didId : null };
};

const clientOf = (raw: JsonRecord): number | null => {
  for (const name of ['client_id', 'client']) {
    const id = readClientId(raw[name]);
    if (id !== null) return known(id);
  }
  return null;
};

const known = <T>(reading: Reading<T>): T | null => (reading === UNREADABLE ? null : reading);
