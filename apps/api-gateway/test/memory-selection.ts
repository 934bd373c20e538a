import { selectsLabels } from '@dialtone/domain';
import { isStale } from '@dialtone/engine';
import {
  BY_KEY,
  type BindingView,
  type NumberPage,
  type NumberSelection,
  type Page,
  type StoredReadiness,
} from '@dialtone/persistence';
import { pageOf } from './memory-page';

/** A verdict with the declaration that has the number, if any. */
export interface MemoryNumber {
  readonly verdict: StoredReadiness;
  readonly view: BindingView | null;
  /** When it came into its state, epoch ms. */
  readonly since: number;
}

const isVerdictMeant = (verdict: StoredReadiness, selection: Omit<NumberSelection, 'partnerId'>): boolean => {
  const { connectionId, state, issue, digits, stale, drifting } = selection;
  return [
    connectionId === undefined || verdict.connectionId === connectionId,
    state === undefined || [state].flat().includes(verdict.state),
    issue === undefined || verdict.issues.includes(issue),
    digits === undefined || verdict.key.includes(digits),
    stale === undefined || isStale(verdict, stale.freshForMs) === stale.is,
    drifting !== true || verdict.drift !== null,
  ].every(Boolean);
};

/** What only a declared number has. */
const asksOfDeclarations = ({ agentId, mode, manager, labels = [] }: Omit<NumberSelection, 'partnerId'>): boolean =>
  [agentId, mode, manager].some((asked) => asked !== undefined) || labels.length > 0;

/** Not while it is being withdrawn. */
export const isDeclared = (view: BindingView | null): boolean => view !== null && view.binding.releasing === undefined;

const isViewMeant = (view: BindingView | null, selection: Omit<NumberSelection, 'partnerId'>): boolean => {
  const { declared, ofBindings, agentId, mode, manager, labels = [] } = selection;
  if (declared !== undefined && isDeclared(view) !== declared) return false;
  if (ofBindings === true && view === null) return false;
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

const WIDTH = 15;

/** A page of the numbers that are meant. */
export const pageOfMemory = (numbers: readonly MemoryNumber[], page: NumberPage): Promise<Page<MemoryNumber>> => {
  const { order = BY_KEY, limit, cursor, ofBindings } = page;
  const keyOf = ({ verdict }: MemoryNumber): string =>
    ofBindings === true ? verdict.key : `${verdict.connectionId}/${verdict.key}`;
  const firstOf = {
    key: (): string => '',
    since: ({ since }: MemoryNumber): string => String(since).padStart(WIDTH, '0'),
    state: ({ verdict }: MemoryNumber): string => `${verdict.state}/`,
  }[order.by];
  return pageOf(
    numbers.filter((number) => isMeant(number, page)),
    {
      limit,
      cursor,
      list: `numbers-${String(ofBindings === true)}-${order.by}-${String(order.descending)}`,
      placeIn: (number) => `${firstOf(number)}/${keyOf(number)}`,
      descending: order.descending,
    },
  );
};
