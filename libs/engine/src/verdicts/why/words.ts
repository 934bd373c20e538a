import type { ReadinessState } from '@dialtone/domain';
import type { StallReason } from '../../ports/outcome';
import type { CONDITION_REASONS } from '../conditions/condition';

type Reason = (typeof CONDITION_REASONS)['WritesAllowed'][number];

/** What a state says of a number, after "it". */
export const STATE_WORDS: Readonly<Record<ReadinessState, string>> = {
  READY: 'can take and place calls',
  REMOTE_DID_DELETED: 'is not among the numbers that VoiceLink lists any more',
  REMOTE_DID_EXPIRED: 'has expired in VoiceLink',
  NOT_IMPORTED: 'is not in the local inventory of phone numbers',
  NO_CLIENT_MAPPING: 'belongs to no client in VoiceLink',
  NO_BOT: 'has no active WebSocket bot, because its client in VoiceLink has none or it has no client',
  ROUTING_MISSING: 'has no call routing in VoiceLink',
  ROUTING_CHANGED: 'has a call routing in VoiceLink that does not lead to an active bot',
  NO_VOCOBASE_AGENT: 'is not assigned to the declared agent in the local inventory',
  REMOTE_DID_NEVER_SEEN: 'has never been among the numbers that VoiceLink lists',
  UNKNOWN: 'has no verdict, because no complete look at VoiceLink tells what it is',
};

/** Where a change came from that Dialtone did not make. */
export const ELSEWHERE: Readonly<Record<ReadinessState, string>> = {
  READY: 'what was missing was put in order outside of Dialtone, in VoiceLink or in the local inventory',
  REMOTE_DID_DELETED: 'the number was removed, or is left out of the list, in VoiceLink',
  REMOTE_DID_EXPIRED: 'the number ran out in VoiceLink',
  NOT_IMPORTED: 'it was taken out of the local inventory',
  NO_CLIENT_MAPPING: 'its mapping was changed in VoiceLink',
  NO_BOT: 'a bot or a mapping was changed in VoiceLink',
  ROUTING_MISSING: 'its routing was removed in VoiceLink',
  ROUTING_CHANGED: 'its routing, or the bot that it leads to, was changed in VoiceLink',
  NO_VOCOBASE_AGENT: 'its agent was changed in the local inventory',
  REMOTE_DID_NEVER_SEEN: 'VoiceLink lists nothing of the number',
  UNKNOWN: 'nothing is known of it on this connection any more',
};

/** What a person does about a stall. */
export const STALL_REMEDIES: Readonly<Record<StallReason, string>> = {
  DID_NOT_FOUND: 'Check the number. If it is right, get it in VoiceLink; if it is not, withdraw the declaration.',
  DID_EXPIRED: 'Renew the number in VoiceLink.',
  CLIENT_REQUIRED:
    'Declare the client that the number belongs to (client_id), or map the number to a client in VoiceLink.',
  CLIENT_MISMATCH:
    'Correct the mapping in VoiceLink, or declare the client that the number is mapped to: Dialtone never maps a number anew.',
  MODE_OBSERVE:
    'Do in VoiceLink and in the local inventory what is missing, or declare the number with mode enforce so that Dialtone does it.',
  MODE_CREATE_ONLY:
    'Change in VoiceLink what has to be another one, or set mode enforce: with create-only Dialtone makes what is missing and changes nothing that exists.',
  WRITES_HELD:
    'Look in VoiceLink whether it is true what the guard saw, and acknowledge the hold of the connection if it is.',
  PAUSED: 'End the pause when Dialtone may go on: this one has no end of its own.',
  WINDOW_CLOSED: 'Change the maintenance window: this one never opens.',
  CONTESTED:
    'Find out which program or person sets the record back, and end that, or withdraw the declaration; then ask for a reconcile. Otherwise it is tried again at the time that the message says.',
  NOT_CONVERGING:
    'Look in VoiceLink whether the change is there although its list does not show it, and report it to VoiceLink. It is tried again at the time that the message says, or when a reconcile is asked for.',
  AGENT_NOT_GIVEN: 'Name the agent that the number belongs to.',
  DRY_RUN: 'Whoever runs this deployment has to switch dry-run off; until then do by hand what is missing.',
  REFUSED_BY_VOICELINK:
    'Read what VoiceLink said, correct it in the declaration or in VoiceLink, and ask for a reconcile.',
  NOT_POSSIBLE: 'Do what the message says, in VoiceLink or in the declaration.',
  CONNECTION_NOT_CALLABLE:
    'Whoever runs this deployment has to allow the base URL of the connection, or the connection has to get another one.',
  DISCONNECTED: 'Declare the number on an active connection, which moves the declaration there, or withdraw it.',
  OTHER: 'Do what the message says.',
};

/** What a person does while Dialtone may not write. */
export const DENIED_REMEDIES: Readonly<Record<Exclude<Reason, 'ALLOWED'>, string>> = {
  DISCONNECTED: STALL_REMEDIES.DISCONNECTED,
  WRITES_HELD: STALL_REMEDIES.WRITES_HELD,
  MODE_OBSERVE: STALL_REMEDIES.MODE_OBSERVE,
  MODE_CREATE_ONLY: STALL_REMEDIES.MODE_CREATE_ONLY,
  PAUSED: 'End the pause if Dialtone may go on before it ends.',
  WINDOW_CLOSED: 'Change the maintenance window if Dialtone may go on before it opens.',
  CONTESTED: STALL_REMEDIES.CONTESTED,
  NOT_CONVERGING: STALL_REMEDIES.NOT_CONVERGING,
  DRY_RUN: STALL_REMEDIES.DRY_RUN,
};
