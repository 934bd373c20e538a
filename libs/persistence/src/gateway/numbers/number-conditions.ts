import type { ReadinessState } from '@dialtone/domain';
import { SEEN_AT } from '../../seen-at';
import { labelConditions } from '../label-conditions';
import type { NumberSelection } from './number-store';
import type { SqlParameters } from './sql-parameters';

/** SQL, of `dids d` joined with its `connections c`: the engine's `isStale`, at `now()`. */
export const staleNow = (freshForMs: string): string =>
  `(d.stale or coalesce(${SEEN_AT} < now() - ${freshForMs}::float8 * interval '1 millisecond', false))`;

/** SQL, of `bindings b` that may be missing: it is declared, and not being withdrawn. */
export const IS_DECLARED = '(b.key is not null and b.releasing is null)';

/** What a partner selected, in SQL. */
export interface NumberSource {
  /** `dids d`, their `connections c`, and where they are asked for, the `bindings b`. */
  readonly from: string;
  readonly where: string;
}

const DIDS = 'dids d join connections c on c.id = d.connection_id';

/**
 * Those that `staleNow` holds of: marked so, or on a connection that has not been seen for as long. The first are in an index; a
 * connection that was seen in time has none of the others, and none of its numbers is read.
 */
const staleDids = (freshForMs: string): string => {
  const fromThen = `now() - ${freshForMs}::float8 * interval '1 millisecond'`;
  return `connections c cross join lateral (
    select * from dids marked where marked.connection_id = c.id and marked.stale
    union all
    select * from dids aged where aged.connection_id = c.id and not aged.stale and aged.observed_at < ${fromThen}
       and coalesce(c.observed_through < ${fromThen}, true)) d`;
};
const ITS_BINDING = 'bindings b on b.connection_id = d.connection_id and b.key = d.key';

/** An issue, or a state other than READY: the index of what is not ready has only these rows. */
const isUnready = (states: readonly ReadinessState[] | undefined, { issue }: NumberSelection): boolean =>
  issue !== undefined || (states?.every((state) => state !== 'READY') ?? false);

const verdictConditions = (selection: NumberSelection, parameters: SqlParameters): readonly string[] => {
  const { connectionId, issue, digits, stale, drifting } = selection;
  const states = selection.state === undefined ? undefined : [selection.state].flat();
  return [
    ...(connectionId === undefined ? [] : [`d.connection_id = ${parameters.take(connectionId)}`]),
    ...(isUnready(states, selection) ? [`d.state <> 'READY'`] : []),
    ...(states === undefined ? [] : [`d.state = any(${parameters.take(states)}::text[])`]),
    ...(issue === undefined ? [] : [`d.issues ? ${parameters.take(issue)}::text`]),
    ...(digits === undefined ? [] : [`d.key like ${parameters.take(`%${digits}%`)}`]),
    ...(stale?.is === false ? [`not ${staleNow(parameters.take(stale.freshForMs))}`] : []),
    ...(drifting === true ? ['d.drift_id is not null'] : []),
  ];
};

const bindingConditions = (selection: NumberSelection, parameters: SqlParameters): readonly string[] => {
  const { agentId, mode, manager, labels = [] } = selection;
  const ofLabels = labelConditions(labels, parameters.values.length + 1);
  parameters.values.push(...ofLabels.parameters);
  return [
    ...(ofLabels.sql === '' ? [] : [ofLabels.sql.replace(/^and /, '')]),
    ...(agentId === undefined ? [] : [`b.agent_id = ${parameters.take(agentId)}`]),
    ...(mode === undefined ? [] : [`b.mode = ${parameters.take(mode)}`]),
    ...(manager === undefined ? [] : [`b.manager = ${parameters.take(manager)}`]),
  ];
};

const declaredCondition = (declared: boolean | undefined): readonly string[] =>
  declared === undefined ? [] : [declared ? IS_DECLARED : `not ${IS_DECLARED}`];

/**
 * Only what was asked for is in the statement, so that each filter is looked up in its index. `withBindings`: there is a
 * `bindings b`, with nulls where a number is not declared.
 */
export const numberSource = (
  selection: NumberSelection,
  parameters: SqlParameters,
  { withBindings }: { readonly withBindings: boolean },
): NumberSource => {
  const partner = parameters.take(selection.partnerId);
  const ofVerdict = verdictConditions(selection, parameters);
  const ofBinding = bindingConditions(selection, parameters);
  const { declared } = selection;
  const isBound = declared === true || selection.ofBindings === true || ofBinding.length > 0;
  const isAsked = withBindings || declared === false;
  const conditions = [
    `c.partner_id = ${partner}`,
    'c.deleted_at is null',
    ...ofVerdict,
    ...(isBound ? [`b.partner_id = ${partner}`] : []),
    ...ofBinding,
    ...declaredCondition(declared),
  ];
  const join = isBound ? `join ${ITS_BINDING}` : isAsked ? `left join ${ITS_BINDING}` : '';
  const dids = selection.stale?.is === true ? staleDids(parameters.take(selection.stale.freshForMs)) : DIDS;
  return { from: `${dids} ${join}`, where: conditions.join(' and ') };
};
