import { doubtsOf, mayBe, type ConnectionId, type RemoteRecord, type Section, type Snapshot } from '@dialtone/domain';
import { inDoubtUntil } from './write-ahead';
import type { UnresolvedWrite, WriteJournal } from '../ports/journal';

/** Ids of journal rows, by what a snapshot shows. */
export interface Proven {
  readonly applied: readonly string[];
  readonly notApplied: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const SECTION_OF: Readonly<Record<string, Section>> = {
  'client-create': 'clients',
  'client-update': 'clients',
  map: 'dids',
  'bot-create': 'bots',
  'bot-update': 'bots',
  'routing-create': 'routing',
  'routing-update': 'routing',
};

/**
 * What became of requested writes that were not answered: a complete list that was begun after the last moment at which one can
 * have taken effect shows it, or it did not. Rows for which it is too early, or whose list is not complete, stay open. So does
 * one that is not shown while a row of its list could not be read that may be its record.
 *
 * What a list does not show of a record (a password, call recording) speaks neither for nor against it.
 */
export const proveRequests = (open: readonly UnresolvedWrite[], snapshot: Snapshot, inDoubtMs: number): Proven => {
  const told = open
    .filter((write) => snapshot.startedAt >= inDoubtUntil(write, inDoubtMs))
    .flatMap((write) => {
      const { kind, id } = aimOf(write);
      const section = SECTION_OF[kind];
      if (section === undefined || snapshot[section].status !== 'complete') return [];
      const records: readonly RemoteRecord[] = snapshot[section].rows;
      const isOne = ({ raw }: RemoteRecord): boolean =>
        kind.endsWith('-update') ? isSame(raw['id'], id) : NAMES.some((name) => name in write.body && name in raw);
      const isShown = records.some((record) => isOne(record) && shows(record.raw, write.body, section));
      return isShown || !isHidden(snapshot, section, { kind, id }) ? [{ id: write.id, isShown }] : [];
    });
  const idsOf = (isShown: boolean): readonly string[] =>
    told.filter((one) => one.isShown === isShown).map(({ id }) => id);
  return { applied: idsOf(true), notApplied: idsOf(false) };
};

/** Only of an update it is known which record it is of. */
const isHidden = (snapshot: Snapshot, section: Section, { kind, id }: ReturnType<typeof aimOf>): boolean =>
  doubtsOf(snapshot[section]).some((row) => !kind.endsWith('-update') || mayBe(row, Number(id)));

/** Closes what a snapshot proves. Nothing is written when nothing is open. */
export const closeRequests = async (
  { journal, inDoubtMs }: { readonly journal: WriteJournal; readonly inDoubtMs: number },
  connectionId: ConnectionId,
  snapshot: Snapshot,
): Promise<void> => {
  const { applied, notApplied } = proveRequests(await journal.unresolvedRequests(connectionId), snapshot, inDoubtMs);
  if (applied.length > 0) await journal.resolve(applied, 'applied');
  if (notApplied.length > 0) await journal.resolve(notApplied, 'not_applied');
};

const aimOf = ({ target }: UnresolvedWrite): { readonly kind: string; readonly id: string } => {
  const colon = target.indexOf(':');
  return { kind: target.slice(0, colon), id: target.slice(colon + 1) };
};

/** By one of them at least a record is told from others before its id is known. */
const NAMES = ['username', 'bot_name', 'did_id', 'did_number'];

const shows = (raw: Fields, asked: Fields, section: Section): boolean =>
  Object.entries(asked).every(([name, value]) => {
    const listed = listedAs(raw, name, section);
    return listed === undefined || isSame(listed, value);
  });

/** Undefined: the list does not say, or is not to be believed (VoiceLink upstream notes §5.1, §10.5). */
const listedAs = (raw: Fields, name: string, section: Section): unknown => {
  if (section === 'bots' && name === 'status') return undefined;
  return section === 'clients' && name === 'is_active' ? (raw['is_active'] ?? raw['status']) : raw[name];
};

/** Numbers come as text and the other way round, names with stray spaces and in another case (VoiceLink upstream notes §10). */
const isSame = (listed: unknown, asked: unknown): boolean =>
  textOf(listed) === textOf(asked) || (textOf(listed) !== '' && Number(listed) === Number(asked));

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).trim().toLowerCase()
    : '';
