import type { Handover } from '@dialtone/carriers';
import type { CallRow, CallVariables } from '@dialtone/persistence';

/** What the media endpoint is told of a call, on every carrier: texts only, so a variable of another kind is JSON. Our own names come before those of variables. */
export const handoverOfCall = (
  { id, sessionId, agentId }: Pick<CallRow, 'id' | 'sessionId' | 'agentId'>,
  variables: CallVariables,
  mediaUrl: string,
): Handover => ({
  callId: id,
  mediaUrl,
  parameters: {
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, textOf(value)])),
    session_id: sessionId,
    agent_id: agentId,
  },
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
