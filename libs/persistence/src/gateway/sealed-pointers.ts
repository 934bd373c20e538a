import { openedAt, sealAt } from '../sealed-columns';
import type { SecretBox } from '../secret-box';
import type { StoredPointer } from './number-pointings';

/** What is sealed of a number: URLs that a carrier asks may hold tokens. */
export interface StoredPointers {
  readonly before: StoredPointer | null;
  readonly ours: readonly StoredPointer[];
}

export const sealPointers = (box: SecretBox, id: string, pointers: StoredPointers): Buffer =>
  sealAt(box, 'pointers', id, JSON.stringify(pointers));

/** Null: no key of the ring opens them. */
export const openPointers = (box: SecretBox, id: string, sealed: Buffer): StoredPointers | null => {
  const opened = openedAt(box, 'pointers', id, sealed);
  return opened === null ? null : (JSON.parse(opened) as StoredPointers);
};
