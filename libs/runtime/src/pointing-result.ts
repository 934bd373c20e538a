import { carrierInfo, type CarrierFailure, type CarrierName, type PointingNote } from '@dialtone/carriers';
import type { PointingResult } from '@dialtone/persistence';

/** What is noted of a number whose carrier could not be told anything, for the people of its partner. */
export const pointingRefusals = (
  provider: CarrierName,
): Readonly<Record<'noPublicUrl' | 'dryRun' | 'unopened' | 'unreadable', string>> => {
  const { label } = carrierInfo(provider);
  return {
    noPublicUrl: `This deployment takes no calls from ${label}: the carrier has to reach it, and PUBLIC_BASE_URL is not set. Ask the operator to set it.`,
    dryRun: `This deployment changes nothing at ${label} (dry-run is on).`,
    unopened: `${label} was not told anything: the credentials of this connection cannot be used. Set in its panel where calls to this number go.`,
    unreadable: `What ${label} had before cannot be opened with any key of this deployment. Set in its panel where calls to this number go.`,
  };
};

/** A turn as it is noted. `CarrierFailure.message` holds no secret. */
export const pointingResult = (note: PointingNote): PointingResult => {
  switch (note.kind) {
    case 'told':
    case 'pointed':
      return note;
    case 'released':
      return { kind: 'released', message: note.isKept ? KEPT : null };
    case 'pending':
      return { kind: 'pending', message: messageOf(note.failure), retryAfterMs: note.failure.retryAfterMs };
    case 'failed':
      return { kind: 'failed', message: messageOf(note.failure) };
  }
};

const KEPT =
  'Somebody else has changed since where calls to this number go, or took it out of the account: nothing was changed.';

const messageOf = ({ message }: CarrierFailure): string => `${message}.`;
