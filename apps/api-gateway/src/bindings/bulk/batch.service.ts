import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  inPairs,
  type AskedItem,
  type AskedWithdrawal,
  type BindingStore,
  type Inspect,
  type Principal,
} from '@dialtone/persistence';
import { DeclarationLimit } from '../../http/access/declaration-limit';
import { BINDING_STORE } from '../../outside/tokens';
import { Plans } from '../plan/plans';
import { placedOf } from '../plan/planning';
import { BatchReader, type ReadBatch } from './batch-reader';
import { answerOf, declaredRow, refusedRow, withdrawnRow } from './bulk-answer';
import type { BulkAnswerDto, BulkResultDto } from './bulk.dto';
import { SLICE, type ReadItem } from './read-items';

/** An item that can be stored, with its place in the request. */
interface Placed {
  readonly index: number;
  readonly asked: AskedItem;
}

interface Changes {
  readonly declare: readonly Placed[];
  readonly withdraw: readonly AskedWithdrawal[];
}

/** Declares many numbers. What is wrong with one of them is its result; what is wrong with the request is an ApiError. */
@Injectable()
export class BatchService {
  constructor(
    @Inject(BINDING_STORE) private readonly bindings: BindingStore,
    private readonly reader: BatchReader,
    private readonly plans: Plans,
    private readonly limit: DeclarationLimit,
  ) {}

  async declare(principal: Principal, given: unknown): Promise<BulkAnswerDto> {
    const batch = await this.reader.read(principal.partnerId, given);
    const placed = placedOf(batch.read);
    if (batch.body.dry_run !== true) await this.limit.take(principal, placed.length + batch.withdraw.length);
    return this.store(principal, batch, { declare: placed, withdraw: batch.withdraw });
  }

  private async store(principal: Principal, batch: ReadBatch, all: Changes): Promise<BulkAnswerDto> {
    const { body, read, left } = batch;
    const isAtomic = body.atomic === true;
    const isComplete = all.declare.length === read.length;
    const how = { atomic: isAtomic, dryRun: body.dry_run === true || (isAtomic && !isComplete) };
    const inspect = this.inspection(principal, batch);
    const rows: BulkResultDto[] = [];
    const withdrawn: BulkResultDto[] = [];
    let applied = true;
    // A plan is checked as a whole, so it is also written as a whole.
    for (const part of isAtomic || inspect !== null ? [all] : partsOf(all)) {
      const result = await this.bindings.changeAll({
        partnerId: principal.partnerId,
        actor: principal.apiKeyId,
        declare: part.declare.map(({ asked }) => asked),
        withdraw: part.withdraw,
        atMost: this.reader.atMost,
        ...how,
        ...(inspect !== null && { inspect }),
      });
      applied &&= result.applied;
      rows.push(
        ...inPairs(part.declare, result.declared).map(([{ index, asked }, one]) => declaredRow(index, asked, one)),
      );
      const before = withdrawn.length;
      withdrawn.push(
        ...inPairs(part.withdraw, result.withdrawn).map(([{ key }, one], nth) => withdrawnRow(before + nth, key, one)),
      );
      await nextTurn();
    }
    return answerOf(applied && !how.dryRun, inOrder(read, rows), withdrawn, left);
  }

  private inspection({ partnerId }: Principal, batch: ReadBatch): Inspect | null {
    const hash = batch.body.plan ?? null;
    return hash === null ? null : this.plans.checking(partnerId, hash, batch);
  }
}

/** Each part is a transaction of its own: the reconcilers begin with it while the next one is stored. */
function* partsOf({ declare, withdraw }: Changes): Generator<Changes> {
  for (let at = 0; at < declare.length; at += SLICE) yield { declare: declare.slice(at, at + SLICE), withdraw: [] };
  for (let at = 0; at < withdraw.length; at += SLICE) yield { declare: [], withdraw: withdraw.slice(at, at + SLICE) };
}

/** Results of all items, those that were refused when they were read among them. */
export const inOrder = <Row extends BulkResultDto>(
  read: readonly ReadItem[],
  stored: readonly Row[],
): readonly (Row | BulkResultDto)[] => {
  const refused = read.flatMap((one, index) => ('refusal' in one ? [refusedRow(index, one.key, one.refusal)] : []));
  return [...stored, ...refused].toSorted((a, b) => a.index - b.index);
};
