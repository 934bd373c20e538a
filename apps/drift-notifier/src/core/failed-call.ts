import type { ReceivedEvent } from '@dialtone/contracts';
import type { Incident } from './incident';

/** Ends of a call that can be told of. */
export const CALL_ENDS = ['failed', 'no_answer', 'busy', 'canceled'] as const;
export type CallEnd = (typeof CALL_ENDS)[number];

/** The incident that an event tells of a call for the first time; null when it tells of none. */
export const failedCallOf = (event: ReceivedEvent): Incident | null => {
  if (event.type !== 'dialtone.call.changed.v1') return null;
  const { data } = event;
  if (!CALL_ENDS.some((end) => end === data.status) || data.previous_status === data.status) return null;
  const at = data.ended_at ?? data.occurred_at;
  return {
    id: `call:${data.call_id}`,
    kind: 'call',
    partnerId: data.partner_id,
    connectionId: data.connection_id,
    phoneNumber: data.from_number,
    codes: [data.status],
    detail: data.error_message ?? null,
    since: at,
    endedAt: at,
    endedAs: data.status,
  };
};
