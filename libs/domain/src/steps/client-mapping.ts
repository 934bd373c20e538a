import type { RemoteDid } from '../remote';
import { blocked, needed, type Decided, type Situation, type StepDefinition } from './step';

/** Maps an unmapped DID; one that is mapped is never re-mapped. */
export interface ClientMapping {
  readonly kind: 'client_mapping';
  readonly didId: number;
  readonly clientId: number;
  readonly callRecording: 0;
}

const step = 'client_mapping';

const decide = ({ spec, phoneNumber }: Situation, did: RemoteDid): Decided<typeof step, ClientMapping> => {
  if (did.clientId === null) {
    if (spec.clientId === null)
      return blocked(
        step,
        'client_required',
        `DID ${phoneNumber} is not mapped to a client; give client_id to map it, or map it in VoiceLink`,
      );
    const action = { kind: step, didId: did.didId, clientId: spec.clientId, callRecording: 0 } as const;
    return needed(step, action, ['Map', 'Mapped'], `DID ${phoneNumber} to client_id=${String(spec.clientId)}`);
  }
  if (spec.clientId !== null && spec.clientId !== did.clientId) {
    return blocked(
      step,
      'client_mismatch',
      `DID ${phoneNumber} is mapped to client_id=${String(did.clientId)}, not to client_id=${String(spec.clientId)}; it is never re-mapped: change the mapping in VoiceLink or give client_id=${String(did.clientId)}`,
    );
  }
  return {
    step,
    status: 'already',
    detail: `DID ${phoneNumber} is mapped to client_id=${String(did.clientId)}`,
    data: { client_id: did.clientId },
  };
};

export const clientMapping: StepDefinition<typeof step, ClientMapping> = {
  kind: step,
  section: 'dids',
  leavesForVoiceLink: true,
  decide,
};
