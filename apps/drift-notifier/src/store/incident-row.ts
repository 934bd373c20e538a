import type { Incident } from '../core/incident';

export interface IncidentRow {
  readonly id: string;
  readonly kind: Incident['kind'];
  readonly partner_id: string;
  readonly connection_id: string;
  readonly phone_number: string;
  readonly codes: readonly string[];
  readonly detail: string | null;
  readonly since: Date;
  readonly ended_at: Date | null;
  readonly ended_as: string | null;
}

export const incidentOf = (row: IncidentRow): Incident => ({
  id: row.id,
  kind: row.kind,
  partnerId: row.partner_id,
  connectionId: row.connection_id,
  phoneNumber: row.phone_number,
  codes: row.codes,
  detail: row.detail,
  since: row.since.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  endedAs: row.ended_as,
});
