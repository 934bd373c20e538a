/** What can be told of: an open drift of a number, or a call that failed. */
export interface Incident {
  /** The same however often it is told. */
  readonly id: string;
  readonly kind: 'drift' | 'call';
  readonly partnerId: string;
  readonly connectionId: string;
  /** E.164; of a call the caller id as the partner wrote it. */
  readonly phoneNumber: string;
  /** Issue codes of a drift, in order of precedence; the status of a call. */
  readonly codes: readonly string[];
  /** For people; null when there is nothing to add. */
  readonly detail: string | null;
  /** ISO 8601 */
  readonly since: string;
  /** ISO 8601; null while it lasts. */
  readonly endedAt: string | null;
  /** `fixed`, or why it is not looked at any more; null while it lasts. */
  readonly endedAs: string | null;
}

export const GROUP_LABELS = ['partner', 'connection', 'kind', 'code'] as const;
export type GroupLabel = (typeof GROUP_LABELS)[number];

/** Incidents of one group have this in common. */
export type GroupLabels = Readonly<Partial<Record<GroupLabel, string>>>;

const VALUE_OF: Readonly<Record<GroupLabel, (incident: Incident) => string>> = {
  partner: ({ partnerId }) => partnerId,
  connection: ({ connectionId }) => connectionId,
  kind: ({ kind }) => kind,
  code: ({ codes }) => codes[0] ?? 'UNKNOWN',
};

/** In the order of `GROUP_LABELS`, so that the same labels are the same text. */
export const groupLabelsOf = (incident: Incident, groupBy: readonly GroupLabel[]): GroupLabels =>
  Object.fromEntries(
    GROUP_LABELS.filter((label) => groupBy.includes(label)).map((label) => [label, VALUE_OF[label](incident)]),
  );

export interface IncidentFilter {
  readonly kinds: readonly Incident['kind'][];
  /** Empty: all. */
  readonly partners: readonly string[];
  readonly connections: readonly string[];
  /** Issues of drifts; empty: all. */
  readonly issues: readonly string[];
  /** Ends of calls that are told. */
  readonly callStatuses: readonly string[];
}

const allows = (list: readonly string[], values: readonly string[]): boolean =>
  list.length === 0 || values.some((value) => list.includes(value));

export const isWanted = (filter: IncidentFilter, incident: Incident): boolean =>
  filter.kinds.includes(incident.kind) &&
  allows(filter.partners, [incident.partnerId]) &&
  allows(filter.connections, [incident.connectionId]) &&
  (incident.kind === 'call'
    ? incident.codes.some((status) => filter.callStatuses.includes(status))
    : allows(filter.issues, incident.codes));
