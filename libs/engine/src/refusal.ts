import { SECTIONS, type Snapshot } from '@dialtone/domain';

/** Every list failed because VoiceLink refuses the credentials; null otherwise. */
export const refusalOf = (snapshot: Snapshot): string | null => {
  const refusals = SECTIONS.map((section) => snapshot[section]).flatMap((listing) =>
    listing.status === 'failed' && listing.unauthorized === true ? [listing.message] : [],
  );
  return refusals.length === SECTIONS.length ? (refusals[0] ?? null) : null;
};
