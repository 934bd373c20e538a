import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  clientWithoutBots,
  NO_MARKS,
  observedBasis,
  planCosting,
  stepsBasis,
  withBots,
  type CostedPlan,
  type NumberedBasis,
  type PlanBasis,
  type PlannedNumber,
} from '@dialtone/domain';
import type { PlannedPlace, PresentPlanner } from '@dialtone/engine';
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
import { unobserved } from './unobserved';

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
  /** Both null: it is refused, so nothing is done about it. */
  readonly number: PlannedNumber | null;
  readonly cost: CostedPlan | null;
}

export interface PlannedBatch {
  readonly items: readonly PlannedItem[];
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
    const planned = await this.planAll(inPairs(placedOf(read), declared));
    const basis: NumberedBasis[] = [];
    for (const [nth, { asked, seen, number }] of planned.entries()) {
      if (nth % SLICE === 0) await nextTurn();
      basis.push(digested(asked.key, basisOf(asked, seen, number)));
    }
    basis.push(...read.flatMap((one, index) => ('refusal' in one ? [digested(...refusedBasis(one, index))] : [])));
    for (const [{ key, manager }, seen] of inPairs(withdraw, withdrawn)) {
      const asked = `withdraw ${key} ${manager ?? ''}`;
      basis.push(digested(key, { ...BARE, asked, declaration: standingOf(seen) }));
    }
    await nextTurn();
    return { items: planned, basis, hash: hashOf(basis) };
  }

  private async planAll(items: readonly Placed[]): Promise<readonly PlannedItem[]> {
    const planner = await this.planner(items.flatMap(plannedPlace));
    const botsOf = this.clientBots.reader();
    const costOf = planCosting();
    const planned: PlannedItem[] = [];
    for (const [nth, [{ index, asked }, seen]] of items.entries()) {
      if (nth % SLICE === 0) await nextTurn();
      const number = isRefused(seen.result) ? null : await planOf(planner, asked, seen, botsOf);
      planned.push({ index, asked, seen, number, cost: number && costOf(number) });
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
  const stored = seen ?? unobserved(key, spec.clientId);
  const standing = current?.binding;
  const observedFor = standing?.connectionId === connectionId ? standing.clientId : null;
  const clientId = clientWithoutBots(stored, spec.clientId, observedFor);
  const observation = clientId === null ? stored : withBots(stored, await botsOf(connectionId, clientId));
  return { ...planner({ connectionId, key, spec, isStanding: result.kind === 'unchanged' }, observation), observation };
};
