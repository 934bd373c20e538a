import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  clientWithoutBots,
  NO_MARKS,
  observedBasis,
  planCosting,
  stepsBasis,
  unobserved,
  withBots,
  type ConnectionId,
  type CostedPlan,
  type DidKey,
  type NumberedBasis,
  type PlanBasis,
  type PlannedNumber,
} from '@dialtone/domain';
import type { PlannedPlace, PresentPlanner, WithdrawalDecision } from '@dialtone/engine';
import {
  inPairs,
  type AskedItem,
  type AskedWithdrawal,
  type Inspected,
  type InspectedNumber,
  type ItemResult,
} from '@dialtone/persistence';
import { BINDING_PLANNER, type BindingPlanner } from '../../outside/tokens';
import { SLICE, type ReadItem } from '../bulk/read-items';
import { ClientBots, type BotsOf } from './client-bots';
import { askedText, hashOf, partDigests } from './plan-hash';

/** What a request asks for, as it was read. */
export interface PlannedRequest {
  readonly read: readonly ReadItem[];
  readonly withdraw: readonly AskedWithdrawal[];
}

/** An item that was understood, as it is planned. */
export interface PlannedItem {
  readonly index: number;
  readonly asked: AskedItem;
  readonly seen: InspectedNumber<ItemResult>;
  /** Null: it is refused, so nothing is done about it. */
  readonly work: PlannedWork | null;
}

/** A withdrawal, as it is planned. */
export interface PlannedWithdrawal {
  readonly key: DidKey;
  readonly seen: InspectedNumber<WithdrawalDecision>;
  /** Null: nothing is released. */
  readonly work: PlannedWork | null;
}

/** What the reconciler does about a number, and what that costs. */
export interface PlannedWork {
  readonly connectionId: ConnectionId;
  readonly number: PlannedNumber;
  readonly cost: CostedPlan;
}

export interface PlannedBatch {
  readonly items: readonly PlannedItem[];
  readonly withdrawn: readonly PlannedWithdrawal[];
  readonly basis: readonly NumberedBasis[];
  readonly hash: string;
}

/** Items that can be stored, with their places in the request. */
export const placedOf = (read: readonly ReadItem[]): readonly { readonly index: number; readonly asked: AskedItem }[] =>
  read.flatMap((one, index) => ('asked' in one ? [{ index, asked: one.asked }] : []));

const isRefused = ({ kind }: ItemResult): boolean => kind !== 'created' && kind !== 'updated' && kind !== 'unchanged';

/** How a part of a plan is told apart that has no declaration, observation or steps. */
const BARE: Omit<PlanBasis, 'asked'> = { declaration: '', ...observedBasis(null), steps: '' };

const standingOf = ({ result, current }: InspectedNumber<{ readonly kind: string }>): string =>
  `${result.kind} ${String(current?.binding.generation ?? 'none')}`;

const basisOf = (
  { key, connectionId, spec, marks = NO_MARKS }: AskedItem,
  seen: InspectedNumber<ItemResult>,
  planned: PlannedNumber | null,
): PlanBasis => ({
  asked: `${key} ${askedText(connectionId, spec, marks)}`,
  declaration: standingOf(seen),
  ...observedBasis(planned?.observation ?? null),
  steps: planned === null ? '' : stepsBasis(planned.plan),
});

/** Plans what a request asks for on what was seen, a slice at a time: a thousand at once would keep all other requests waiting. */
@Injectable()
export class Planning {
  constructor(
    @Inject(BINDING_PLANNER) private readonly planner: BindingPlanner,
    private readonly clientBots: ClientBots,
  ) {}

  async of({ read, withdraw }: PlannedRequest, { declared, withdrawn }: Inspected): Promise<PlannedBatch> {
    const digested = partDigests();
    const costOf = planCosting();
    const items = await this.planItems(inPairs(placedOf(read), declared), costOf);
    const leaving = await this.planReleases(inPairs(withdraw, withdrawn), costOf);
    const basis: NumberedBasis[] = [];
    for (const [nth, { asked, seen, work }] of items.entries()) {
      if (nth % SLICE === 0) await nextTurn();
      basis.push(digested(asked.key, basisOf(asked, seen, work?.number ?? null)));
    }
    basis.push(...read.flatMap((one, index) => ('refusal' in one ? [digested(...refusedBasis(one, index))] : [])));
    for (const [{ manager }, one] of inPairs(withdraw, leaving)) basis.push(digested(...withdrawalBasis(manager, one)));
    await nextTurn();
    return { items, withdrawn: leaving, basis, hash: hashOf(basis) };
  }

  private async planItems(items: readonly Placed[], costOf: CostOf): Promise<readonly PlannedItem[]> {
    const planner = await this.planner(items.flatMap(plannedPlace));
    const botsOf = this.clientBots.reader();
    const planned: PlannedItem[] = [];
    for (const [nth, [{ index, asked }, seen]] of items.entries()) {
      if (nth % SLICE === 0) await nextTurn();
      const number = isRefused(seen.result) ? null : await planOf(planner, asked, seen, botsOf);
      const work = number && { connectionId: asked.connectionId, number, cost: costOf(number) };
      planned.push({ index, asked, seen, work });
    }
    return planned;
  }

  private async planReleases(asked: readonly Leaving[], costOf: CostOf): Promise<readonly PlannedWithdrawal[]> {
    const planner = await this.planner(asked.flatMap(([, seen]) => releasedPlace(seen)));
    const planned: PlannedWithdrawal[] = [];
    for (const [nth, [{ key }, seen]] of asked.entries()) {
      if (nth % SLICE === 0) await nextTurn();
      planned.push({ key, seen, work: releaseOf(planner, seen, costOf) });
    }
    return planned;
  }
}

/** A number that is named twice is in the plan already. */
const refusedBasis = (
  { key, refusal }: Extract<ReadItem, { refusal: unknown }>,
  index: number,
): [key: string, basis: PlanBasis] => [
  `items[${String(index)}]`,
  { ...BARE, asked: `refused ${refusal.code} ${key ?? ''}` },
];

/** What is released stands on what was observed; a withdrawal that ends at once on its declaration only. */
const withdrawalBasis = (
  manager: string | null,
  { key, seen, work }: PlannedWithdrawal,
): [key: string, basis: PlanBasis] => [
  key,
  {
    ...BARE,
    ...(work !== null && { ...observedBasis(work.number.observation), steps: stepsBasis(work.number.plan) }),
    asked: `withdraw ${key} ${manager ?? ''}`,
    declaration: standingOf(seen),
  },
];

type CostOf = ReturnType<typeof planCosting>;
type Leaving = readonly [AskedWithdrawal, InspectedNumber<WithdrawalDecision>];
type Placed = readonly [{ readonly index: number; readonly asked: AskedItem }, InspectedNumber<ItemResult>];

const plannedPlace = ([{ asked }, { result }]: Placed): readonly PlannedPlace[] => {
  const { connectionId, key, marks = NO_MARKS } = asked;
  return isRefused(result) ? [] : [{ connectionId, key, labels: marks.labels }];
};

const planOf = async (
  planner: PresentPlanner,
  { key, connectionId, spec }: AskedItem,
  { observation: seen, current, result }: InspectedNumber<ItemResult>,
  botsOf: BotsOf,
): Promise<PlannedNumber> => {
  const stored = seen ?? unobserved(key, { declaredClientId: spec.clientId });
  const standing = current?.binding;
  const observedFor = standing?.connectionId === connectionId ? standing.clientId : null;
  const clientId = clientWithoutBots(stored, spec.clientId, observedFor);
  const observation = clientId === null ? stored : withBots(stored, await botsOf(connectionId, clientId));
  return { ...planner({ connectionId, key, spec, isStanding: result.kind === 'unchanged' }, observation), observation };
};

const releasedPlace = ({ result, current }: InspectedNumber<WithdrawalDecision>): readonly PlannedPlace[] =>
  result.kind === 'releasing' && current !== null ? [current.binding] : [];

const releaseOf = (
  planner: PresentPlanner,
  { result, current, observation: seen }: InspectedNumber<WithdrawalDecision>,
  costOf: CostOf,
): PlannedWork | null => {
  if (result.kind !== 'releasing' || current === null) return null;
  const { connectionId, key, clientId } = current.binding;
  const observation = seen ?? unobserved(key, { declaredClientId: clientId });
  const { releasing } = result;
  const number = { ...planner({ connectionId, key, spec: current.binding, releasing }, observation), observation };
  return { connectionId, number, cost: costOf(number) };
};
