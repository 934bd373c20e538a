import type { CallLimitCode, InboundLossCode, NewEvent } from '@dialtone/contracts';
import {
  advisoriesAfter,
  areAdvisoriesNews,
  phoneNumberOf,
  type Advisory,
  type ConnectionId,
  type DidKey,
  type PartnerId,
  type PhoneNumberId,
  type SectionWarning,
} from '@dialtone/domain';
import type { SweepReport } from '../ports/sweep-queue';

/** Which connection an event is about, and when it is logged. */
export interface ConnectionMoment {
  readonly connectionId: ConnectionId;
  readonly partnerId: PartnerId;
  /** Store's time, epoch ms. */
  readonly now: number;
}

const scopeOf = ({
  connectionId,
  partnerId,
  now,
}: ConnectionMoment): {
  readonly connection_id: string;
  readonly partner_id: string;
  readonly occurred_at: string;
} => ({
  connection_id: connectionId,
  partner_id: partnerId,
  occurred_at: new Date(now).toISOString(),
});

const logged = ({ connectionId }: ConnectionMoment) => ({ connection_id: connectionId, key: null, seq: null });

/**
 * What a sweep's report makes of the stored warnings, with one event per warning that came or went; another wording of
 * the same warning is no event. A sweep that read no list leaves them as they are.
 */
export const warningsAfter = (
  moment: ConnectionMoment,
  before: readonly SectionWarning[],
  report: Pick<SweepReport, 'warnings'>,
): { readonly warnings: readonly SectionWarning[]; readonly events: readonly NewEvent[] } => {
  const warnings = report.warnings ?? before;
  const event = (
    type: 'dialtone.warning.raised.v1' | 'dialtone.warning.cleared.v1',
    { section, code, message }: SectionWarning,
  ): NewEvent => ({ type, ...logged(moment), data: { ...scopeOf(moment), section, code, message } });
  const cleared = before.filter((was) => !warnings.some((is) => isSameWarning(was, is)));
  const raised = warnings.filter((is) => !before.some((was) => isSameWarning(was, is)));
  return {
    warnings,
    events: [
      ...cleared.map((warning) => event('dialtone.warning.cleared.v1', warning)),
      ...raised.map((warning) => event('dialtone.warning.raised.v1', warning)),
    ],
  };
};

const isSameWarning = (a: SectionWarning, b: SectionWarning): boolean => a.section === b.section && a.code === b.code;

export const writesHeldEvent = (moment: ConnectionMoment, reason: string): NewEvent => ({
  type: 'dialtone.writes.held.v1',
  ...logged(moment),
  data: { ...scopeOf(moment), reason },
});

/** `reason`: that of the hold which ends. */
export const writesResumedEvent = (moment: ConnectionMoment, reason: string, actor: string): NewEvent => ({
  type: 'dialtone.writes.resumed.v1',
  ...logged(moment),
  data: { ...scopeOf(moment), reason, actor },
});

/** A number that took inbound calls on this connection, and why it does not any more. */
export interface LostInbound {
  readonly id: PhoneNumberId;
  readonly key: DidKey;
  readonly reason: InboundLossCode;
}

/** Does not tell which connection takes the calls now. */
export const inboundLostEvent = (moment: ConnectionMoment, { id, key, reason }: LostInbound): NewEvent => ({
  type: 'dialtone.inbound.lost.v1',
  ...logged(moment),
  data: { ...scopeOf(moment), phone_number: phoneNumberOf(key), local_phone_number_id: id, reason },
});

/** What is said beside a connection. */
export const CONNECTION_ADVISORY_CODES = ['ACCOUNT_SHARED'] as const;
export type ConnectionAdvisoryCode = (typeof CONNECTION_ADVISORY_CODES)[number];
export type ConnectionAdvisory = Advisory<ConnectionAdvisoryCode>;

export interface Sharing {
  readonly advisories: readonly ConnectionAdvisory[];
  /** They are not those before, if only in their wording. */
  readonly isNews: boolean;
  readonly events: readonly NewEvent[];
}

/**
 * What the connections of one account make of the advisories about one of them. `others`: the partner's other active
 * connections on it, and nobody else's. One event when the advisory begins and one when it ends.
 */
export const sharingAfter = (
  moment: ConnectionMoment,
  before: readonly ConnectionAdvisory[],
  others: readonly ConnectionId[],
): Sharing => {
  const found = others.length === 0 ? [] : [{ code: 'ACCOUNT_SHARED', message: sharedWith(others) } as const];
  const { after, begun, ended } = advisoriesAfter(before, found, moment.now);
  const event = (
    type: 'dialtone.account.shared.v1' | 'dialtone.account.unshared.v1',
    { code, message, since }: ConnectionAdvisory,
  ): NewEvent => ({
    type,
    ...logged(moment),
    data: { ...scopeOf(moment), code, message, since: new Date(since).toISOString() },
  });
  return {
    advisories: after,
    isNews: areAdvisoriesNews(before, found),
    events: [
      ...ended.map((advisory) => event('dialtone.account.unshared.v1', advisory)),
      ...begun.map((advisory) => event('dialtone.account.shared.v1', advisory)),
    ],
  };
};

const sharedWith = (others: readonly ConnectionId[]): string =>
  `The same VoiceLink account is connected as ${[...others].sort().join(', ')}, too; each number is judged on one of them only`;

export const callsLimitedEvent = (moment: ConnectionMoment, reason: CallLimitCode): NewEvent => ({
  type: 'dialtone.calls.limited.v1',
  ...logged(moment),
  data: { ...scopeOf(moment), reason },
});
