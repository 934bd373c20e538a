import type { ConnectionId } from '@dialtone/domain';

/**
 * Why a guard holds the writes of a connection, and how to end that. It is stored, and told wherever the hold is: by the event, the
 * log, the plan, the status of each declaration that waits for it, and call-ready.
 */
export const holdReason = (id: ConnectionId, why: string): string =>
  `${why}; if that is true and Dialtone should act on it, acknowledge with POST /api/v2/voicelink/connections/${id}/acknowledge-hold or dialtone-admin acknowledge-hold ${id}`;
