import { callTimes, isCallOver } from '@dialtone/domain';
import type { CallRow, CallView } from '@dialtone/persistence';
import type { Fields } from '../http/errors/envelope';
import type { CallDto } from './call-view.dto';
import type { StartedCallDto } from './calls.dto';

export const toStartedCall = (call: CallRow): Fields<StartedCallDto> => ({
  call_id: call.id,
  session_id: call.sessionId,
  status: call.status,
  provider: call.provider,
  connection_id: call.connectionId,
  from_number: call.fromNumber,
  to_number: call.toNumber,
  agent_id: call.agentId,
});

const isoOf = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());

export const toCall = (view: CallView): Fields<CallDto> => {
  const { startedAt, endedAt, durationSeconds } = callTimes(view.known);
  return {
    ...toStartedCall(view),
    direction: 'outbound',
    duration_seconds: durationSeconds,
    error_message: view.known.errorMessage ?? doubtOf(view),
    started_at: isoOf(startedAt),
    ended_at: isoOf(endedAt),
    created_at: view.createdAt.toISOString(),
  };
};

/** What is not known of a call that is not over. */
const doubtOf = ({ status, isLost, handover, reason }: CallView): string | null => {
  if (isCallOver(status)) return null;
  if (isLost)
    return `It cannot be known what became of this call: its carrier has said nothing more${because(reason)}.`;
  if (status === 'pending' && handover === 'unknown') {
    return `Whether the carrier places this call is not known yet, and it may still ring${because(reason)}.`;
  }
  return null;
};

const because = (reason: string | null): string => (reason === null ? '' : ` (${reason})`);
