import { setAsideMessage, setAsideOf, type Section, type SectionRows } from '@dialtone/domain';
import type { UpstreamErrorClass } from '@dialtone/engine';
import { voiceLinkUnlisted } from '../http/errors/voicelink-errors';
import type { Opened } from './open-account';

/** Why a record that was not found may still exist. */
interface Doubt {
  /** VoiceLink's failure as an answer. */
  readonly error: ReturnType<typeof voiceLinkUnlisted>;
  /** True if a later attempt may decide it. */
  readonly passes: boolean;
}

/** Neither row nor doubt: the record is not listed. */
interface Found<Row> {
  readonly row: Row | null;
  readonly doubt: Doubt | null;
}

const PASSING: ReadonlySet<UpstreamErrorClass | undefined> = new Set(['unavailable', 'rate_limited']);

/** Looks for a record in VoiceLink's list: VoiceLink has no endpoint that reads a single record. */
export const findListed = async <S extends Section>(
  { account }: Pick<Opened, 'account'>,
  section: S,
  isMeant: (row: SectionRows[S]) => boolean,
): Promise<Found<SectionRows[S]>> => {
  const { rows, doubt } = await readListed({ account }, section);
  const row = rows.find(isMeant);
  return row === undefined ? { row: null, doubt } : { row, doubt: null };
};

/** All records of VoiceLink's list, and why there may be others. */
export const readListed = async <S extends Section>(
  { account }: Pick<Opened, 'account'>,
  section: S,
): Promise<{ readonly rows: readonly SectionRows[S][]; readonly doubt: Doubt | null }> => {
  const listing = await account.list(section);
  const { rows } = listing;
  if (listing.status === 'complete') {
    const odd = setAsideOf(listing);
    if (odd.length === 0) return { rows, doubt: null };
    return { rows, doubt: { error: voiceLinkUnlisted(section, { message: setAsideMessage(odd) }), passes: false } };
  }
  const passes = PASSING.has(listing.failure?.class);
  return { rows, doubt: { error: voiceLinkUnlisted(section, listing), passes } };
};
