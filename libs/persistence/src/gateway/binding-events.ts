import type { Binding } from '@dialtone/domain';
import { declarationEvent, type DeclarationChange, type DeclarationMove } from '@dialtone/engine';
import { type Queryable, timeOf } from '../db';
import { nextEventSeq } from '../engine/key-rows';
import { appendEvents } from '../events/append-events';

/** Logs the current (or removed) declaration; the caller has locked the DID's row. */
export const logDeclaration = async (
  db: Queryable,
  declaration: {
    readonly change: DeclarationChange;
    readonly binding: Binding;
    readonly actor: string;
    readonly move?: DeclarationMove;
  },
): Promise<void> => {
  const { connectionId, key } = declaration.binding;
  const seq = await nextEventSeq(db, connectionId, key);
  const now = await timeOf(db);
  await appendEvents(db, [declarationEvent(declaration, { seq, now })]);
};
