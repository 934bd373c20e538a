import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  inPairs,
  type AskedItem,
  type AskedWithdrawal,
  type BindingStore,
  type Principal,
} from '@dialtone/persistence';
import { DeclarationLimit } from '../../http/access/declaration-limit';
import { invalidInput } from '../../http/errors/api-error';
import { objectFault, isObject } from '../../http/input/object-fault';
import { BINDING_STORE } from '../../outside/tokens';
import { answerOf, declaredRow, refusedRow, withdrawnRow } from './bulk-answer';
import { BATCH_KINDS } from './bulk-kinds';
import type { BatchBody, BulkAnswerDto, BulkResultDto } from './bulk.dto';
import { ItemReader } from './item-reader';
import { Prune, type Pruned } from './prune';
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
    private readonly items: ItemReader,
    private readonly prune: Prune,
    private readonly limit: DeclarationLimit,
  ) {}

  async declare(principal: Principal, given: unknown): Promise<BulkAnswerDto> {
    const body = batchOf(given);
    const { partnerId } = principal;
    const read = await this.items.read(partnerId, body);
    const pruned = await this.prune.keysOf(partnerId, body, read);
    const placed = read.flatMap((one, index) => ('asked' in one ? [{ index, asked: one.asked }] : []));
    if (body.dry_run !== true) await this.limit.take(principal, placed.length + pruned.keys.length);
    return this.store(principal, body, { read, placed, pruned });
  }

  private async store(
    principal: Principal,
    { atomic, dry_run: dryRun, manager }: BatchBody,
    { read, placed, pruned }: { read: readonly ReadItem[]; placed: readonly Placed[]; pruned: Pruned },
  ): Promise<BulkAnswerDto> {
    const isAtomic = atomic === true;
    const isComplete = placed.length === read.length;
    const how = { atomic: isAtomic, dryRun: dryRun === true || (isAtomic && !isComplete) };
    const own = { manager: manager ?? null, takeOver: false, ownOnly: true };
    const all: Changes = { declare: placed, withdraw: pruned.keys.map((key) => ({ key, ...own })) };
    const rows: BulkResultDto[] = [];
    const withdrawn: BulkResultDto[] = [];
    let applied = true;
    for (const part of isAtomic ? [all] : partsOf(all)) {
      const result = await this.bindings.changeAll({
        partnerId: principal.partnerId,
        actor: principal.apiKeyId,
        declare: part.declare.map(({ asked }) => asked),
        withdraw: part.withdraw,
        atMost: this.items.atMost,
        ...how,
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
    return answerOf(applied && !how.dryRun, inOrder(read, rows), withdrawn, pruned.left);
  }
}

const PRUNING = ['keep', 'max_prune_percent', 'force'] as const;

const batchOf = (given: unknown): BatchBody => {
  const body = isObject(given) ? given : {};
  const fault = objectFault(body, BATCH_KINDS);
  if (fault !== null) throw invalidInput(fault.field, fault.message);
  const batch = body as unknown as BatchBody;
  const alone = PRUNING.find((name) => batch.prune !== true && (batch[name] ?? null) !== null);
  if (alone !== undefined) throw invalidInput(alone, `${alone} goes with prune: true.`);
  return batch;
};

/** Each part is a transaction of its own: the reconcilers begin with it while the next one is stored. */
function* partsOf({ declare, withdraw }: Changes): Generator<Changes> {
  for (let at = 0; at < declare.length; at += SLICE) yield { declare: declare.slice(at, at + SLICE), withdraw: [] };
  for (let at = 0; at < withdraw.length; at += SLICE) yield { declare: [], withdraw: withdraw.slice(at, at + SLICE) };
}

const inOrder = (read: readonly ReadItem[], stored: readonly BulkResultDto[]): readonly BulkResultDto[] => {
  const refused = read.flatMap((one, index) => ('refusal' in one ? [refusedRow(index, one.key, one.refusal)] : []));
  return [...stored, ...refused].toSorted((a, b) => a.index - b.index);
};
