import type { AgentId, ConnectionId, DidKey, KeyObservation, PartnerId } from '@dialtone/domain';
import type { StandingDeclaration } from '@dialtone/engine';
import { type Queryable, rows } from '../db';
import { preparedRows } from '../prepared/prepared-rows';
import { arrayParameter, PreparedStatement } from '../prepared/prepared-statement';
import { SEEN_AT } from '../seen-at';
import { BINDING_COLUMNS, toBinding } from '../engine/binding-rows';
import { fromStored } from '../engine/stored-observation';
import type { BindingView } from './binding-store';
import { toView, VIEW_BESIDE, type ViewRow } from './binding-views';

/** What a declaration, or with nulls a withdrawal, names. */
export interface NamedPlace {
  readonly key: DidKey;
  readonly connectionId: ConnectionId | null;
  readonly agentId: AgentId | null;
}

/** What one number's change is decided on. */
export interface SeenPlace {
  readonly agent: boolean;
  /** The named connection is an active one of the partner, to VoiceLink. */
  readonly connection: boolean;
  readonly current: StandingDeclaration | null;
  /** Events so far of the number's DID on the named connection, which every change of a declaration moves on; null: no such DID. */
  readonly seq: number | null;
  /** The same of the DID that is declared now. */
  readonly currentSeq: number | null;
  /** Generation of the last declaration that was withdrawn; 0: none was. */
  readonly buried: number;
  /** What the operator has set as this partner's quota of bindings; null: nothing. */
  readonly setQuota: number | null;
  /** Bindings of the partner; 0 where none is to be created. */
  readonly used: number;
  /** Of the number on the named connection; null: there is none, or it was not asked for. */
  readonly observed: SeenObservation | null;
  /** What is declared now, as it is shown; null: nothing, or it was not asked for. */
  readonly view: BindingView | null;
}

export interface SeenObservation {
  readonly observation: KeyObservation;
  readonly seenAt: Date | null;
  /** Equal while the facts are. */
  readonly digest: string;
}

/** What of a view or of an observation is there depends on what was asked for. */
interface SeenRow extends ViewRow {
  readonly nth: string;
  readonly agent: boolean;
  readonly connection: boolean;
  readonly is_active: boolean;
  readonly seq: string | null;
  readonly current_seq: string | null;
  readonly buried: string;
  readonly set_quota: number | null;
  readonly used: number | null;
  readonly digest: string | null;
}

/** What is looked at beside what every decision needs. */
export type LookedAt = 'observations' | 'views' | 'no more';

const ALONE = { columns: `${BINDING_COLUMNS}, b.labels, b.manager`, joins: '' };

const lookFor = ({ columns, joins }: typeof ALONE): string => `
  select i.nth, a.id is not null as agent, c.id is not null as connection, ${columns},
         bc.status <> 'DISCONNECTED' as is_active, d.event_seq as seq, bd.event_seq as current_seq,
         coalesce(t.generation, 0) as buried,
         (select at_most from partner_quotas where partner_id = $1 and quota = 'bindings')::float8 as set_quota,
         case when b.id is null and i.connection_id is not null
           then (select count(*) from bindings where partner_id = $1) end::float8 as used
    from unnest($2::text[], $3::uuid[], $4::uuid[]) with ordinality as i (key, connection_id, agent_id, nth)
    left join agents a on a.id = i.agent_id and a.partner_id = $1 and a.deleted_at is null
    left join bindings b on b.partner_id = $1 and b.key = i.key
    left join connections c on c.id = coalesce(i.connection_id, b.connection_id)
     and c.partner_id = $1 and c.provider = 'voicelink' and c.status = 'ACTIVE' and c.deleted_at is null
    left join dids d on d.connection_id = c.id and d.key = i.key
    left join connections bc on bc.id = b.connection_id
    left join dids bd on bd.connection_id = b.connection_id and bd.key = b.key
    left join binding_tombstones t on t.partner_id = $1 and t.key = i.key
    ${joins}
   order by i.nth`;

const OBSERVED = { columns: `${ALONE.columns}, d.observation, d.digest, ${SEEN_AT} as seen_at`, joins: '' };

const LOOKS: Readonly<Record<LookedAt, PreparedStatement>> = {
  observations: new PreparedStatement('look_at_observations', lookFor(OBSERVED)),
  views: new PreparedStatement('look_at_views', lookFor(VIEW_BESIDE)),
  'no more': new PreparedStatement('look_at', lookFor(ALONE)),
};

const isDeclared = ({ id }: { readonly id: string | null }): boolean => id !== null;

const standingOf = (row: SeenRow): StandingDeclaration => ({
  binding: toBinding(row),
  marks: { labels: row.labels, manager: row.manager },
  isConnectionActive: row.is_active,
});

const observedOf = ({ observation, seen_at: seenAt, digest }: SeenRow): SeenObservation | null =>
  observation && { observation: fromStored(observation), seenAt, digest: digest ?? '' };

const numberOf = (text: string | null): number | null => (text === null ? null : Number(text));

/** One statement for all places, without a lock; in the order of the places. Views and observations are kilobytes: only where they are needed. */
export const lookAt = async (
  db: Queryable,
  partnerId: PartnerId,
  places: readonly NamedPlace[],
  added: LookedAt,
): Promise<readonly SeenPlace[]> => {
  const parameters = [
    partnerId,
    arrayParameter(places.map(({ key }) => key)),
    arrayParameter(places.map(({ connectionId }) => connectionId)),
    arrayParameter(places.map(({ agentId }) => agentId)),
  ];
  // Many are planned for, as many as they are.
  const found =
    places.length === 1
      ? await preparedRows<SeenRow>(db, LOOKS[added], parameters)
      : await rows<SeenRow>(db, LOOKS[added].text, parameters);
  return found.map((row) => ({
    agent: row.agent,
    connection: row.connection,
    current: isDeclared(row) ? standingOf(row) : null,
    seq: numberOf(row.seq),
    currentSeq: numberOf(row.current_seq),
    buried: Number(row.buried),
    setQuota: row.set_quota,
    used: row.used ?? 0,
    observed: added === 'observations' ? observedOf(row) : null,
    view: added === 'views' && isDeclared(row) ? toView(row) : null,
  }));
};
