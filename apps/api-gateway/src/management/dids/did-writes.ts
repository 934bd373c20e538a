import { didResource, requestResource, writeTarget } from '@dialtone/engine';
import type { ObservedTargets } from '@dialtone/persistence';
import { didKeyOfDid } from '../did-key-of';
import type { Opened } from '../open-account';
import type { PlannedWrite } from '../pass-through';
import { asSent } from '../upstream-body';
import type { MapDidBody } from './dids.dto';

/** VoiceLink upstream notes §6.3. */
export const planMapDid = async (
  targets: ObservedTargets,
  opened: Opened,
  given: MapDidBody,
): Promise<PlannedWrite> => {
  const { connectionId } = opened;
  const key = await didKeyOfDid(targets, opened, given.did_id);
  return {
    path: '/v1/reseller/client/map-did',
    body: async () => {
      const fields = {
        client_id: given.client_id,
        did_id: given.did_id,
        call_recording: given.call_recording,
        user_status: given.user_status,
        user_expiry_date: given.user_expiry_date,
        description: given.description,
        client_auto_renew: given.client_auto_renew,
      };
      const record = (await targets.recordOfDid(connectionId, given.did_id)) ?? undefined;
      return asSent(fields, record);
    },
    resource:
      key === null ? requestResource(connectionId, `did:${String(given.did_id)}`) : didResource(connectionId, key),
    target: writeTarget('map', given.did_id),
    key,
    affectsNumbers: true,
  };
};
