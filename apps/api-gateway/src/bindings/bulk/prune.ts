import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { DidKey, PartnerId } from '@dialtone/domain';
import type { BindingStore } from '@dialtone/persistence';
import { ApiError, invalidInput } from '../../http/errors/api-error';
import { BINDING_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../../outside/tokens';
import { MAX_ITEMS, PRUNE_PERCENT } from './bulk-kinds';
import type { BatchBody } from './bulk.dto';
import { keyOf, type ReadItem } from './read-items';

export interface Pruned {
  readonly keys: readonly DidKey[];
  /** More that the manager does not name: beyond what one request withdraws. */
  readonly left: number;
}

export const NOTHING_PRUNED: Pruned = { keys: [], left: 0 };

const HUNDRED = 100;
/** Numbers that are read before other requests get their turn. */
const KEPT_SLICE = 1_000;

/** One number may always go: of four, 20 % are none. */
export const allowedOf = (declared: number, percent: number): number =>
  Math.max(1, Math.floor((declared * percent) / HUNDRED));

const tooMany = (
  manager: string,
  asked: { readonly left: number; readonly all: number; readonly percent: number },
): ApiError =>
  new ApiError(
    'PRUNE_LIMIT_EXCEEDED',
    `${String(asked.left)} of the ${String(asked.all)} numbers that the manager "${manager}" declares are named neither by items nor by keep, and prune withdraws at most ${String(allowedOf(asked.all, asked.percent))} (${String(asked.percent)} %): nothing was done. Check whether the list is complete; raise max_prune_percent, or send force true, to withdraw them all the same.`,
    { details: [{ field: 'prune', message: `Would withdraw ${String(asked.left)} of ${String(asked.all)}.` }] },
  );

/** What a manager declared before and names no more. A list that lost many of its lines is refused before anything is done. */
@Injectable()
export class Prune {
  constructor(
    @Inject(BINDING_STORE) private readonly bindings: BindingStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  async keysOf(partnerId: PartnerId, body: BatchBody, read: readonly ReadItem[]): Promise<Pruned> {
    if (body.prune !== true) return NOTHING_PRUNED;
    const manager = body.manager ?? null;
    if (manager === null)
      throw invalidInput('manager', 'manager is required with prune: it withdraws what this manager declares.');
    const except = [...namedBy(read), ...(await this.kept(body.keep ?? []))];
    const { keys, left, all } = await this.bindings.select({ partnerId, manager, except, limit: MAX_ITEMS });
    const percent = body.max_prune_percent ?? PRUNE_PERCENT;
    if (body.force !== true && left > allowedOf(all, percent)) throw tooMany(manager, { left, all, percent });
    return { keys, left: left - keys.length };
  }

  private async kept(numbers: readonly unknown[]): Promise<readonly DidKey[]> {
    const keys: DidKey[] = [];
    for (const [index, number] of numbers.entries()) {
      if (index % KEPT_SLICE === 0) await nextTurn();
      const key = keyOf(number, this.settings.countryCode);
      if (key === null) throw unreadable('keep', index);
      keys.push(key);
    }
    return keys;
  }
}

/** An item that is refused for another reason still names its number. */
const namedBy = (read: readonly ReadItem[]): readonly DidKey[] =>
  read.map(({ key }, index) => {
    if (key === null) throw unreadable('items', index);
    return key;
  });

/** A mistyped number would be withdrawn as one that is not named. */
const unreadable = (list: string, index: number): ApiError =>
  invalidInput(
    list,
    `${list} must have only phone numbers with prune, and the one with the index ${String(index)} is none: nothing was done.`,
  );
