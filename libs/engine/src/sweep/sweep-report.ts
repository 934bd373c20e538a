import { isReadToEnd, SECTIONS, snapshotWarnings, type SectionWarning, type Snapshot } from '@dialtone/domain';
import type { SweepReport } from '../ports/sweep-queue';

/** What a connection's row says about its last sweep. */
export const reportOf = (
  snapshot: Snapshot,
): SweepReport & { readonly warnings: readonly SectionWarning[]; readonly readToEnd: boolean } => ({
  warnings: snapshotWarnings(snapshot),
  readToEnd: isReadToEnd(snapshot),
  error: errorOf(snapshot),
  credentialsRefused: refusalOf(snapshot) !== null,
});

/** Only when no list at all could be read is the connection itself in trouble. */
const errorOf = (snapshot: Snapshot): string | null => {
  const [first, ...rest] = SECTIONS.map((section) => snapshot[section]);
  return first?.status === 'failed' && rest.every(({ status }) => status === 'failed') ? first.message : null;
};

/** Every list failed because VoiceLink refuses the credentials; null otherwise. */
export const refusalOf = (snapshot: Snapshot): string | null => {
  const refusals = SECTIONS.map((section) => snapshot[section]).flatMap((listing) =>
    listing.status === 'failed' && listing.unauthorized === true ? [listing.message] : [],
  );
  return refusals.length === SECTIONS.length ? (refusals[0] ?? null) : null;
};
