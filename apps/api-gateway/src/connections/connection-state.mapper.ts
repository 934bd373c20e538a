import { SECTIONS, type Section, type SectionWarning } from '@dialtone/domain';
import { notedBreakerState, requestsLeft } from '@dialtone/engine';
import type { ConnectionState, VoiceLinkState } from '@dialtone/persistence';
import type { Fields } from '../http/errors/envelope';
import type { GatewaySettings } from '../outside/tokens';
import { toUsedConnection } from '../telephony/telephony.mapper';
import type { ConnectionStateDto } from './connection-state.dto';

type Told = NonNullable<Fields<ConnectionStateDto>['voicelink']>;
type Limits = GatewaySettings['upstreamLimits'];

const iso = (epochMs: number | null): string | null => (epochMs === null ? null : new Date(epochMs).toISOString());

const STATE_OF: Readonly<Record<SectionWarning['code'], Told['sections'][number]['state']>> = {
  FETCH_FAILED: 'failed',
  TRUNCATED: 'truncated',
};

const toSection = (section: Section, { sweep, warnings, suspect }: VoiceLinkState): Told['sections'][number] => {
  const warning = warnings.find((one) => one.section === section);
  const known = warning === undefined ? 'complete' : STATE_OF[warning.code];
  return {
    section,
    state: sweep.endedAt === null ? 'unread' : known,
    suspect_since: iso(suspect.find((one) => one.section === section)?.since ?? null),
  };
};

const toBreaker = (
  { now, unansweredUntil }: VoiceLinkState,
  { lastVerifiedAt }: ConnectionState['connection'],
): Told['breaker'] => {
  const state = notedBreakerState({ now, unansweredUntil, answeredAt: lastVerifiedAt?.getTime() ?? null });
  return { state, open_until: state === 'open' ? iso(unansweredUntil) : null };
};

const toBudget = ({ budget }: VoiceLinkState, limits: Limits): Told['budget'] => ({
  requests_per_second: limits.ratePerSecond,
  burst: limits.burst,
  available: budget && (budget.blockedUntil === null ? requestsLeft(budget.aheadMs, limits) : 0),
  blocked_until: iso(budget?.blockedUntil ?? null),
});

const toVoiceLink = (state: VoiceLinkState, connection: ConnectionState['connection'], limits: Limits): Told => ({
  sweep: {
    running: state.sweep.isRunning,
    started_at: state.sweep.startedAt?.toISOString() ?? null,
    ended_at: state.sweep.endedAt?.toISOString() ?? null,
    complete_at: state.sweep.completeAt?.toISOString() ?? null,
    due_at: state.sweep.dueAt.toISOString(),
  },
  sections: SECTIONS.map((section) => toSection(section, state)),
  warnings: state.warnings,
  hold: connection.writesHeld === null ? null : { reason: connection.writesHeld, since: iso(state.heldSince) },
  breaker: toBreaker(state, connection),
  budget: toBudget(state, limits),
});

export const toConnectionState = (
  { connection, voicelink }: ConnectionState,
  limits: Limits,
): Fields<ConnectionStateDto> => ({
  ...toUsedConnection(connection),
  voicelink: voicelink && toVoiceLink(voicelink, connection, limits),
});
