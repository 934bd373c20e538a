import type { Section, SectionRows } from '@dialtone/domain';
import { voiceLinkUnlisted } from '../http/voicelink-errors';
import type { Opened } from './open-account';

/** The row, or null; then `doubt` is the error that says why it may be there all the same, or null when it is not. */
interface Found<Row> {
  readonly row: Row | null;
  readonly doubt: ReturnType<typeof voiceLinkUnlisted> | null;
}

/**
 * Looks for a record in the list that VoiceLink has of it, since it has no other way to read one. Throws what VoiceLink said
 * when the list could not be read so far: nothing has been sent then, and nothing is to be.
 */
export const findListed = async <S extends Section>(
  { account }: Pick<Opened, 'account'>,
  section: S,
  isMeant: (row: SectionRows[S]) => boolean,
): Promise<Found<SectionRows[S]>> => {
  const listing = await account.list(section);
  const row = listing.rows.find(isMeant);
  if (row !== undefined) return { row, doubt: null };
  if (listing.status === 'complete') return { row: null, doubt: null };
  const doubt = voiceLinkUnlisted(section, listing);
  if (listing.status === 'failed' || listing.failure !== undefined) throw doubt;
  return { row: null, doubt };
};
