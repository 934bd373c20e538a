import type { AgentId, BindingMode, Issue, Labels } from '@dialtone/domain';
import type { BindingStatus } from '../binding-store';
import { ms } from '../../db';
import { SEEN_AT } from '../../seen-at';
import { IS_DECLARED, staleNow } from './number-conditions';
import type { Placed } from './number-order';
import type { Shown } from './number-pages';
import type { NumberDeclaration, NumberRow } from './number-store';

interface StoredNumber extends Placed {
  readonly issues: readonly Issue[];
  readonly is_stale: boolean;
  readonly seen: number | null;
  readonly is_declared: boolean;
  /** This and what follows is null where the number is not declared. */
  readonly agent_id: AgentId | null;
  readonly mode: BindingMode;
  readonly manager: string | null;
  readonly labels: Labels;
  readonly outcome: BindingStatus['outcome'];
}

const toDeclaration = (row: StoredNumber): NumberDeclaration | null =>
  row.agent_id === null
    ? null
    : {
        agentId: row.agent_id,
        mode: row.mode,
        manager: row.manager,
        labels: row.labels,
        outcome: row.outcome,
      };

const toNumber = (row: StoredNumber): NumberRow => ({
  connectionId: row.connection_id,
  key: row.key,
  state: row.state,
  issues: row.issues,
  isStale: row.is_stale,
  observedAt: row.seen,
  since: row.since,
  isDeclared: row.is_declared,
  declaration: toDeclaration(row),
});

export const numbersShown = (freshForMs: number): Shown<StoredNumber, NumberRow> => ({
  columns: (parameters) => `d.connection_id, d.key, d.state, d.issues,
    ${staleNow(parameters.take(freshForMs))} as is_stale, ${ms(SEEN_AT)} as seen, ${IS_DECLARED} as is_declared, b.agent_id, b.mode, b.manager, b.labels, b.outcome`,
  joins: 'left join bindings b on b.connection_id = d.connection_id and b.key = d.key',
  toItem: toNumber,
});
