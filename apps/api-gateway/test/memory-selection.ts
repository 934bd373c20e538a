import { selectsLabels } from '@dialtone/domain';
import { isStale } from '@dialtone/engine';
import type { BindingView, NumberSelection, StoredReadiness } from '@dialtone/persistence';

/** A verdict with the declaration that has the number, if any. */
export interface MemoryNumber {
  readonly verdict: StoredReadiness;
  readonly view: BindingView | null;
}

const isVerdictMeant = (verdict: StoredReadiness, selection: Omit<NumberSelection, 'partnerId'>): boolean => {
  const { connectionId, states, issue, digits, stale, drifting } = selection;
  return [
    connectionId === undefined || verdict.connectionId === connectionId,
    states === undefined || states.includes(verdict.state),
    issue === undefined || verdict.issues.includes(issue),
    digits === undefined || verdict.key.includes(digits),
    stale === undefined || isStale(verdict, stale.freshForMs) === stale.is,
    drifting !== true || verdict.drift !== null,
  ].every(Boolean);
};

/** What only a declared number has. */
const asksOfDeclarations = ({ agentId, mode, manager, labels = [] }: Omit<NumberSelection, 'partnerId'>): boolean =>
  [agentId, mode, manager].some((asked) => asked !== undefined) || labels.length > 0;

const isViewMeant = (view: BindingView | null, selection: Omit<NumberSelection, 'partnerId'>): boolean => {
  const { declared, agentId, mode, manager, labels = [] } = selection;
  if (declared !== undefined && (view !== null) !== declared) return false;
  if (view === null) return !asksOfDeclarations(selection);
  return [
    agentId === undefined || view.binding.agentId === agentId,
    mode === undefined || view.binding.mode === mode,
    manager === undefined || view.marks.manager === manager,
    selectsLabels(labels, view.marks.labels),
  ].every(Boolean);
};

/** The partner is that of the rows. */
export const isMeant = ({ verdict, view }: MemoryNumber, selection: Omit<NumberSelection, 'partnerId'>): boolean =>
  isVerdictMeant(verdict, selection) && isViewMeant(view, selection);
