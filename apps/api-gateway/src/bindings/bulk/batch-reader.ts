import { Injectable } from '@nestjs/common';
import type { PartnerId } from '@dialtone/domain';
import type { AskedWithdrawal } from '@dialtone/persistence';
import { invalidInput } from '../../http/errors/api-error';
import { isObject, objectFault } from '../../http/input/object-fault';
import { BATCH_KINDS } from './bulk-kinds';
import type { BatchBody } from './bulk.dto';
import { ItemReader } from './item-reader';
import { Prune } from './prune';
import type { ReadItem } from './read-items';

/** A batch as it was read, for the request that does it and for the one that plans it. */
export interface ReadBatch {
  readonly body: BatchBody;
  readonly read: readonly ReadItem[];
  readonly withdraw: readonly AskedWithdrawal[];
  /** More to be withdrawn, but beyond what one request withdraws. */
  readonly left: number;
}

@Injectable()
export class BatchReader {
  constructor(
    private readonly items: ItemReader,
    private readonly prune: Prune,
  ) {}

  /** As of `ItemReader`. */
  get atMost(): number {
    return this.items.atMost;
  }

  /** What is wrong with an item is its refusal; what is wrong with the request is an ApiError. */
  async read(partnerId: PartnerId, given: unknown): Promise<ReadBatch> {
    const body = batchOf(given);
    const read = await this.items.read(partnerId, body);
    const { keys, left } = await this.prune.keysOf(partnerId, body, read);
    const own = { manager: body.manager ?? null, takeOver: false, ownOnly: true };
    return { body, read, withdraw: keys.map((key) => ({ key, ...own })), left };
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
