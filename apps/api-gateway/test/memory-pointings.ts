import { createHash } from 'node:crypto';
import type { ConnectionId, DidKey, PhoneNumberId } from '@dialtone/domain';
import {
  POINTED_PROVIDERS,
  type AnsweringAgent,
  type DuePointing,
  type NumberPointings,
  type PhoneNumberChange,
  type PointingResult,
  type PointingState,
} from '@dialtone/persistence';
import type { NumberRecord } from './memory-claims';
import { NOW } from './observations';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

interface Entry extends Pick<Mutable<DuePointing>, 'wish' | 'before' | 'ours' | 'turn'> {
  isDue: boolean;
  heldBy: number | null;
}

/** Numbers and what is known of their connections. */
interface Around {
  readonly numbers: NumberRecord[];
  readonly isActive: (number: NumberRecord) => boolean;
}

/** Pointings without a database and without time: what is due later is never due. */
export class MemoryPointings implements NumberPointings {
  private readonly entries = new Map<PhoneNumberId, Entry>();

  constructor(private readonly around: Around) {}

  clear(): void {
    this.entries.clear();
  }

  /** Lets the time pass after which what waits is due. */
  elapse(): void {
    for (const [id, entry] of this.entries) {
      const state = this.number(id).pointing?.state;
      if (state === 'pending' || state === 'failed') entry.isDue = true;
    }
  }

  ask(number: NumberRecord, change: PhoneNumberChange): void {
    if (!asks(change) || !this.isWanted(number) || !POINTED_PROVIDERS.some((name) => name === number.provider)) return;
    const entry = this.entries.get(number.id) ?? { ...NEW };
    const staysPointed = entry.wish === 'point' && number.pointing?.state === 'pointed';
    this.entries.set(number.id, Object.assign(entry, { wish: 'point', turn: entry.turn + 1, isDue: true }));
    this.show(number.id, staysPointed ? 'pointed' : 'pending', { error: null });
  }

  dropUnwanted(): Promise<number> {
    let count = 0;
    for (const [id, entry] of this.entries) {
      if (entry.wish !== 'point' || this.isWanted(this.number(id))) continue;
      Object.assign(entry, { wish: 'give_back', turn: entry.turn + 1, isDue: true });
      this.show(id, 'pending', { error: null });
      count += 1;
    }
    return Promise.resolve(count);
  }

  take(id?: PhoneNumberId): Promise<DuePointing | null> {
    const found = [...this.entries].find(
      ([one, { isDue, heldBy }]) => isDue && heldBy === null && (id === undefined || id === one),
    );
    if (found === undefined) return Promise.resolve(null);
    const [numberId, entry] = found;
    entry.turn += 1;
    entry.heldBy = entry.turn;
    const number = this.number(numberId);
    if (!this.isWanted(number)) entry.wish = 'give_back';
    const { connectionId, key } = number;
    const { wish, before, ours, turn } = entry;
    const provider = number.provider as DuePointing['provider'];
    return Promise.resolve({
      id: numberId,
      connectionId,
      provider,
      key,
      wish,
      before,
      ours,
      turn,
      isUnreadable: false,
    });
  }

  begin(due: DuePointing, ours: NonNullable<DuePointing['before']>): Promise<boolean> {
    const entry = this.current(due);
    if (entry !== null) entry.ours = [...due.ours, ours];
    return Promise.resolve(entry !== null);
  }

  async note(due: DuePointing, result: PointingResult): Promise<boolean> {
    const entry = this.current(due);
    if (entry === null) {
      await this.leave(due);
      return false;
    }
    Object.assign(entry, { heldBy: null, isDue: false });
    if (result.kind === 'told') entry.before = result.before;
    if (result.kind === 'released') Object.assign(entry, { before: null, ours: [], wish: 'give_back' });
    this.show(due.id, result.kind === 'told' ? 'pending' : result.kind, {
      error: 'message' in result ? result.message : null,
      ...(result.kind === 'told' && { previous: result.shown }),
    });
    return true;
  }

  leave({ id, turn }: DuePointing): Promise<void> {
    const entry = this.entries.get(id);
    if (entry?.heldBy === turn) entry.heldBy = null;
    return Promise.resolve();
  }

  answering(connectionId: ConnectionId, key: DidKey): Promise<AnsweringAgent | null> {
    const number = this.around.numbers.find((row) => row.connectionId === connectionId && row.key === key);
    if (number === undefined || number.agent === null || !this.isWanted(number)) return Promise.resolve(null);
    return Promise.resolve({ agentId: number.agent.id, partnerId: number.partnerId });
  }

  tokenOf(connectionId: string): string {
    return createHash('sha256').update(connectionId).digest('base64url');
  }

  private current({ id, turn }: DuePointing): Entry | null {
    const entry = this.entries.get(id);
    return entry?.turn === turn ? entry : null;
  }

  private show(
    id: PhoneNumberId,
    state: PointingState,
    more: { readonly error: string | null; readonly previous?: string | null },
  ): void {
    const number = this.number(id);
    number.pointing = { previous: number.pointing?.previous ?? null, ...more, state, since: NOW };
  }

  private number(id: PhoneNumberId): NumberRecord {
    const found = this.around.numbers.find((row) => row.id === id);
    if (found === undefined) throw new Error(`There is no number ${id}.`);
    return found;
  }

  private isWanted(number: NumberRecord): boolean {
    return number.status === 'ACTIVE' && number.inboundEnabled && number.agent !== null && this.around.isActive(number);
  }
}

const asks = ({ agentId, inboundEnabled, status }: PhoneNumberChange): boolean =>
  (agentId ?? null) !== null || inboundEnabled === true || status === 'ACTIVE';

const NEW: Entry = { wish: 'point', before: null, ours: [], turn: 0, isDue: true, heldBy: null };
