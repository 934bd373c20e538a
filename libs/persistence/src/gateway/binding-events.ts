import type { Binding } from '@dialtone/domain';
import { declarationEvent, type DeclarationChange } from '@dialtone/engine';
import { type Queryable, timeOf } from '../db';
import { nextEventSeq } from '../engine/key-rows';
import { appendEvents } from '../events/append-events';

/** Logs the current (or removed) declaration; the caller has locked the DID's row. */
export const logDeclaration = async (
  db: Queryable,
  change: DeclarationChange,
  binding: Binding,
  actor: string,
): Promise<void> => {
  const seq = await nextEventSeq(db, binding.connectionId, binding.key);
  const now = await timeOf(db);
  await appendEvents(db, [declarationEvent(change, binding, actor, { seq, now })]);
};
