import { isExpired } from '../expiry';
import { isNeverSeen } from '../issues';
import { blocked, incomplete, type Decided, type Situation } from './step';

type Resolved = Decided<'resolve_did', never>;

const decide = (situation: Situation): Resolved => {
  const { observation, unknown, phoneNumber, now } = situation;
  const { did } = observation;
  if (unknown.includes('dids')) return incomplete('resolve_did', 'dids', situation);
  if (isNeverSeen(observation)) return neverSeen(phoneNumber);
  if (did === null) {
    return blocked(
      'resolve_did',
      'did_not_found',
      `${phoneNumber} is not among the purchased VoiceLink DIDs; buy it in VoiceLink or correct the number`,
    );
  }
  if (isExpired(did, now))
    return blocked('resolve_did', 'did_expired', `DID ${phoneNumber} is expired; renew it in VoiceLink`);
  return {
    step: 'resolve_did',
    status: 'already',
    detail: `Resolved DID ${phoneNumber}`,
    data: { did_id: did.didId, client_id: did.clientId },
  };
};

const neverSeen = (phoneNumber: string): Resolved =>
  blocked(
    'resolve_did',
    'did_not_found',
    `${phoneNumber} was never seen among the purchased VoiceLink DIDs; correct the number or buy it in VoiceLink, and the rest follows once it is listed`,
  );

/** Finds the DID among the purchased ones. Never needed: it is either found or in the way of every other step. */
export const resolveDid = { kind: 'resolve_did', section: 'dids', leavesForVoiceLink: false, decide } as const;
