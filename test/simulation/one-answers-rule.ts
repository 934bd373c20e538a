import type { ConnectionId, DidKey } from '@dialtone/domain';
import { Violation } from './invariants';

interface SeenEvent {
  readonly type: string;
  readonly connection_id: string | null;
  readonly key: string | null;
}

/** A declared number is news on the connection that declares it, and on no other one of the account. */
export class OneAnswersRule {
  private read = 0;

  constructor(private readonly declared: ReadonlyMap<DidKey, { readonly connectionId: ConnectionId }>) {}

  events(all: readonly SeenEvent[]): void {
    for (const { type, key, connection_id } of all.slice(this.read)) {
      this.read += 1;
      const place = key === null ? undefined : this.declared.get(key as DidKey);
      if (place === undefined || place.connectionId === connection_id) continue;
      throw new Violation(`${type} of ${String(key)} on a connection that does not declare it`);
    }
  }
}
