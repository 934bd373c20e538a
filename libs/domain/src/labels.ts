import type { ActionItem, Issue } from './readiness';

/** The remedy of each issue. The texts of NO_BOT, ROUTING_MISSING and NO_VOCOBASE_AGENT are documented literals. */
const LABELS: Readonly<Record<Issue, string>> = {
  REMOTE_DID_DELETED: 'Confirm in VoiceLink that this DID still exists before removing it locally',
  REMOTE_DID_EXPIRED: 'Renew this DID in VoiceLink',
  NOT_IMPORTED: 'Import this DID into local phone-number inventory',
  NO_CLIENT_MAPPING: 'Map this DID to a VoiceLink client',
  NO_BOT: 'Create an active VoiceLink WebSocket bot for the mapped client',
  ROUTING_MISSING: 'Create VoiceLink call routing for this DID',
  ROUTING_CHANGED: 'Point outbound VoiceLink call routing of this DID to an active WebSocket bot',
  NO_VOCOBASE_AGENT: 'Assign a Vocobase agent to the local PhoneNumber row',
};

export const actionItemOf = (issue: Issue): ActionItem => ({ code: issue, label: LABELS[issue] });
