import { CARRIERS } from '../carriers/carriers';
import type { Message, Switchboard } from '../carriers/carrier-model';
import type { SimClock } from '../clock';
import type { LifeOptions } from '../life-options';
import type { Account, PhoneNumber } from '../world/account';
import { isBefore, isOver, type Call, type Cause, type Phase } from '../world/call';
import type { World } from '../world/world';
import type { Outbox } from './outbox';
import type { Reply } from './send-message';

interface LifeParts {
  readonly world: () => World;
  readonly clock: () => SimClock;
  readonly options: () => LifeOptions;
  readonly outbox: Outbox;
}

type Order = Parameters<Switchboard['place']>[1];

/** Lets calls ring, be answered and end, and tells their carriers' customers. */
export class CallLives implements Switchboard {
  constructor(private readonly parts: LifeParts) {}

  now(): number {
    return this.parts.clock().now();
  }

  place(account: Account, order: Order): Call {
    return this.begin(account, 'outbound', order);
  }

  /** A call to one of the account's numbers, from outside; null: it points nowhere, so nobody is asked. */
  ring(account: Account, number: PhoneNumber, from: string): Call | null {
    const asked = CARRIERS[account.provider].inboundOf?.(number, account) ?? null;
    if (asked === null) return null;
    const { ids } = this.parts.world();
    const id = account.provider === 'twilio' ? `CA${ids.hex()}` : ids.uuid();
    return this.begin(account, 'inbound', { id, otherId: id, from, to: number.number, asked, cause: null });
  }

  end(call: Call): boolean {
    return this.move(call, call.phase === 'in_progress' ? 'completed' : 'canceled');
  }

  /** False when the call has come as far already: no call goes back. */
  move(call: Call, phase: Phase, cause: Cause | null = call.cause): boolean {
    if (!isBefore(call.phase, phase)) return false;
    call.phase = phase;
    call.cause = cause;
    if (phase === 'ringing') call.ringingAt = this.now();
    if (phase === 'in_progress') call.answeredAt = this.now();
    if (isOver(phase)) call.endedAt = this.now();
    if (phase === 'in_progress') call.handover = CARRIERS[call.provider].handoverIn?.(call) ?? null;
    this.tell(call);
    return true;
  }

  /** Brings a call up to a phase at once, with all that is told on the way. */
  async hasten(call: Call, until: Phase): Promise<void> {
    for (const phase of ['ringing', 'in_progress', 'completed'] as const) {
      if (isBefore(until, phase)) return;
      this.move(call, phase);
      await this.parts.outbox.idle();
    }
  }

  private begin(account: Account, direction: Call['direction'], order: Order): Call {
    const call: Call = {
      ...order,
      direction,
      provider: account.provider,
      accountKey: account.key,
      createdAt: this.now(),
      phase: 'queued',
      ringingAt: null,
      answeredAt: null,
      endedAt: null,
      handover: null,
      sequence: 0,
    };
    this.parts.world().addCall(call);
    this.tell(call);
    this.schedule(call);
    return call;
  }

  private schedule(call: Call): void {
    const { outcome, ring_after_ms, answer_after_ms, talk_ms } = this.parts.options();
    const clock = this.parts.clock();
    const outcomePhase: Phase = outcome === 'answered' ? 'in_progress' : outcome;
    clock.after(ring_after_ms, () => {
      this.move(call, call.cause === null ? 'ringing' : 'failed');
    });
    clock.after(ring_after_ms + answer_after_ms, () => {
      // One that was hastened has been answered, whatever was to become of it: it can only be completed.
      const isAnswered = call.phase === 'in_progress' && outcomePhase !== 'in_progress';
      this.move(call, isAnswered ? 'completed' : outcomePhase);
    });
    if (outcome !== 'answered') return;
    clock.after(ring_after_ms + answer_after_ms + talk_ms, () => {
      this.move(call, 'completed');
    });
  }

  private tell(call: Call): void {
    const world = this.parts.world();
    const account = world.account(call.provider, call.accountKey);
    if (account === undefined) return;
    const messages = CARRIERS[call.provider].messages(call, account, world);
    if (messages.some(({ purpose }) => purpose === 'status')) call.sequence += 1;
    this.parts.outbox.post(call, messages, (reply, message) => {
      this.heard(call, reply, message);
    });
  }

  /** The document says where the answered call goes; without a good one it ends. */
  private heard(call: Call, reply: Reply, { read }: Message): void {
    if (read === undefined) return;
    const isGood = reply !== null && reply.status >= 200 && reply.status < 300;
    const handover = isGood ? read(reply.text) : null;
    if (handover === null) {
      this.move(call, 'failed', isGood ? 'not_a_document' : 'no_answer_document');
      return;
    }
    call.handover = handover;
    // A document without a media endpoint has come to its end.
    if (handover.mediaUrl === null) this.move(call, 'completed');
  }
}
