import type { BulkResultDto } from '../bulk/bulk.dto';
import { declaredRow, refusedRow, summaryOf, withdrawnRow } from '../bulk/bulk-answer';
import type { Fields } from '../../http/errors/envelope';
import type { Rows } from '../../http/server/long-answer';
import type { BatchPlanDto, ConnectionCostDto, PlannedNumberDto } from './batch-plan.dto';
import type { PlannedItem, PlannedWithdrawal } from './planning';
import type { BatchPlan, ConnectionCost } from './plan.service';
import { secondsOf, toCost } from './plan.mapper';

const toConnectionCost = ({ connectionId, numbers, calls, timeMs }: ConnectionCost): ConnectionCostDto => ({
  connection_id: connectionId,
  numbers,
  calls,
  seconds_at_least: secondsOf(timeMs),
});

const plannedRow = (row: Fields<BulkResultDto>, { seen, work }: PlannedItem | PlannedWithdrawal): PlannedNumberDto => ({
  ...row,
  ...(work !== null && {
    connection_id: work.connectionId,
    current_generation: seen.current?.binding.generation ?? null,
    observed_at: seen.seenAt?.toISOString() ?? null,
    ...toCost(work.cost),
  }),
});

/** Rows are made while they are sent: a thousand plans are megabytes. */
export const toBatchPlan = (plan: BatchPlan): Rows<BatchPlanDto> => {
  const { batch, planned, connections, calls, timeMs, risk } = plan;
  const byIndex = new Map(planned.items.map((item) => [item.index, item]));
  const results = batch.read.map((one, index): BulkResultDto => {
    if ('refusal' in one) return refusedRow(index, one.key, one.refusal);
    const item = byIndex.get(index);
    if (item === undefined) throw new Error('Each item that is not refused is planned.');
    return declaredRow(index, item.asked, item.seen.result);
  });
  const pruned = planned.withdrawn.map(({ key, seen }, nth) => withdrawnRow(nth, key, seen.result));
  return {
    hash: planned.hash,
    summary: summaryOf([...results, ...pruned]),
    risk,
    calls,
    seconds_at_least: secondsOf(timeMs),
    connections: connections.map(toConnectionCost),
    numbers: rowsOf(results, byIndex),
    pruned: rowsOf(pruned, new Map(planned.withdrawn.entries())),
    left: batch.left,
  };
};

function* rowsOf(
  results: readonly BulkResultDto[],
  planned: ReadonlyMap<number, PlannedItem | PlannedWithdrawal>,
): Generator<PlannedNumberDto> {
  for (const row of results) {
    const one = planned.get(row.index);
    yield one === undefined ? row : plannedRow(row, one);
  }
}
