import { setImmediate as nextTurn } from 'node:timers/promises';
import { canonicalKey, type ConnectionId, type DidKey } from '@dialtone/domain';
import type { AskedItem } from '@dialtone/persistence';
import { ApiError, invalidInput } from '../../http/errors/api-error';
import { requestedConnection } from '../../http/input/connection-selection';
import { mustBeNumber } from '../../http/input/must-be-number';
import { isObject, objectFault } from '../../http/input/object-fault';
import { toMarks, toSpec } from '../bindings.mapper';
import { ITEM_KINDS } from './bulk-kinds';
import type { BatchItemBody } from './bulk.dto';

/** What a request says of all of its items. */
export interface ForAll {
  readonly manager: string | null;
  readonly takeOver: boolean;
}

/** One item as it was read; `key` null: it names no number. */
export type ReadItem =
  { readonly key: DidKey; readonly asked: AskedItem } | { readonly key: DidKey | null; readonly refusal: ApiError };

interface Reading {
  readonly all: ForAll;
  readonly countryCode: string;
  /** Throws an ApiError. */
  readonly connectionFor: (requested: ConnectionId | null) => ConnectionId;
}

/** Items whose checks are done before other requests get their turn: some milliseconds of work. */
export const SLICE = 100;

export const keyOf = (value: unknown, countryCode: string): DidKey | null =>
  typeof value === 'string' ? canonicalKey(value, countryCode) : null;

/** Reads all items, in slices: a thousand at once would keep all other requests waiting. */
export const readItems = async (items: readonly unknown[], reading: Reading): Promise<readonly ReadItem[]> => {
  const named = new Map<DidKey, number>();
  const read: ReadItem[] = [];
  for (const [index, item] of items.entries()) {
    if (index % SLICE === 0) await nextTurn();
    const one = readItem(item, reading);
    const first = one.key === null ? undefined : named.get(one.key);
    if (one.key !== null && first === undefined) named.set(one.key, index);
    read.push(first === undefined ? one : { key: one.key, refusal: namedTwice(first) });
  }
  return read;
};

export const namedTwice = (first: number): ApiError =>
  invalidInput('number', `number is named before, by the item with the index ${String(first)}: name each number once.`);

const readItem = (item: unknown, reading: Reading): ReadItem => {
  if (!isObject(item)) return { key: null, refusal: invalidInput('items', 'Each of items must be a JSON object.') };
  const key = keyOf(item['number'], reading.countryCode);
  try {
    const fault = objectFault(item, ITEM_KINDS);
    if (fault !== null) throw invalidInput(fault.field, fault.message);
    if (key === null) throw invalidInput('number', mustBeNumber('number'));
    return { key, asked: askedOf(key, item as unknown as BatchItemBody, reading) };
  } catch (error) {
    if (error instanceof ApiError) return { key, refusal: error };
    throw error;
  }
};

const askedOf = (key: DidKey, item: BatchItemBody, { all, connectionFor }: Reading): AskedItem => {
  const marks = toMarks(item);
  const manager = marks.manager ?? all.manager;
  if (all.manager !== null && manager !== all.manager) {
    throw invalidInput(
      'manager',
      `manager must be "${all.manager}", as the request says of all items, or be left out.`,
    );
  }
  return {
    key,
    connectionId: connectionFor(requestedConnection(item)),
    spec: toSpec(item),
    marks: { ...marks, manager },
    takeOver: item.take_over ?? all.takeOver,
    precondition: { kind: 'none' },
  };
};
