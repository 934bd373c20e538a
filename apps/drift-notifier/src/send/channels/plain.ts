import type { Incident } from '../../core/incident';
import type { Message, MessagePart } from '../../core/message';
import type { MessageText } from '../../core/message-text';

const incidentBody = (incident: Incident): object => ({
  id: incident.id,
  partner_id: incident.partnerId,
  connection_id: incident.connectionId,
  phone_number: incident.phoneNumber,
  codes: incident.codes,
  detail: incident.detail,
  since: incident.since,
  ended_at: incident.endedAt,
  ended_as: incident.endedAs,
});

const partBody = (part: MessagePart): object => ({
  kind: part.kind,
  labels: part.labels,
  repeat: part.isRepeat,
  broken_count: part.brokenCount,
  broken: part.broken.map(incidentBody),
  ended_count: part.endedCount,
  ended: part.ended.map(incidentBody),
  still_broken_count: part.stillBroken,
});

/** Body for a receiver of one's own: `apps/drift-notifier/README.md` has its fields. */
export const plainBody = (id: string, message: Message, text: MessageText): object => ({
  id,
  title: text.title,
  summary: message.isSummary,
  groups: message.parts.map(partBody),
});
