import type { Message } from '../carriers/carrier-model';
import type { SimClock } from '../clock';
import type { CallbackFault } from '../faults/fault-kinds';
import type { Fault, Faults } from '../faults/faults';
import type { Delivery, Log } from '../journal';
import { isOver, type Call } from '../world/call';
import { redact } from '../world/redact';
import type { World } from '../world/world';
import { sendMessage, type Reply } from './send-message';

interface Parcel {
  readonly call: Call;
  readonly message: Message;
  readonly entry: Delivery;
  readonly isForged: boolean;
  readonly onReply: (reply: Reply, message: Message) => void;
}

interface OutboxParts {
  readonly world: () => World;
  readonly faults: () => Faults;
  readonly clock: () => SimClock;
  readonly log: Log<Delivery>;
}

/** Sends what carriers tell of calls: of one call in order and one at a time, unless a fault says otherwise. */
export class Outbox {
  private readonly chains = new Map<string, Promise<void>>();
  /** Held back until the next message of the same call has gone. */
  private readonly held = new Map<string, Parcel[]>();

  constructor(private readonly parts: OutboxParts) {}

  post(call: Call, messages: readonly Message[], onReply: Parcel['onReply']): void {
    for (const message of messages) this.take(call, message, onReply);
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.chains.size > 0) await Promise.all(this.chains.values());
  }

  private take(call: Call, message: Message, onReply: Parcel['onReply']): void {
    const fault = this.parts.faults().strikeCallback(`${call.provider}.callbacks.${message.purpose}`);
    const parcel = this.parcel(call, message, { fault, onReply });
    if (fault === null) {
      this.enqueue(parcel);
      this.release(call);
      return;
    }
    this.handlers(parcel, fault)[fault.kind]();
  }

  private handlers(parcel: Parcel, fault: Fault<CallbackFault>): Readonly<Record<CallbackFault, () => void>> {
    const { call, message } = parcel;
    return {
      callback_never: () => (parcel.entry.outcome = 'withheld'),
      callback_twice: () => {
        this.enqueue(parcel);
        this.enqueue(this.parcel(call, message, { fault, onReply: () => undefined }));
      },
      callback_late: () => {
        this.parts.clock().after(fault.ms ?? 0, () => {
          this.enqueue(parcel);
        });
      },
      callback_out_of_order: () => {
        // Nothing comes after the end.
        if (isOver(call.phase)) this.enqueue(parcel);
        else this.held.set(call.id, [...(this.held.get(call.id) ?? []), parcel]);
        if (isOver(call.phase)) this.release(call);
      },
      callback_forged: () => {
        this.enqueue(parcel);
      },
    };
  }

  private parcel(
    call: Call,
    message: Message,
    { fault, onReply }: { readonly fault: Fault<CallbackFault> | null; readonly onReply: Parcel['onReply'] },
  ): Parcel {
    const { method, url, fields, purpose } = message;
    const shown = redact({ url, fields }, this.parts.world()) as { url: string; fields: unknown };
    const entry = this.parts.log.open({
      at: new Date(this.parts.clock().now()).toISOString(),
      provider: call.provider,
      call_id: call.id,
      purpose,
      phase: call.phase,
      method,
      ...shown,
      outcome: 'waiting',
      http_status: null,
      fault: fault?.kind ?? null,
    });
    return { call, message, entry, isForged: fault?.kind === 'callback_forged', onReply };
  }

  private release(call: Call): void {
    const held = this.held.get(call.id) ?? [];
    this.held.delete(call.id);
    for (const parcel of held) this.enqueue(parcel);
  }

  private enqueue(parcel: Parcel): void {
    const { id } = parcel.call;
    const chain = (this.chains.get(id) ?? Promise.resolve()).then(() => this.deliver(parcel));
    this.chains.set(id, chain);
    void chain.then(() => {
      if (this.chains.get(id) === chain) this.chains.delete(id);
    });
  }

  private async deliver({ message, entry, isForged, onReply }: Parcel): Promise<void> {
    const reply = await sendMessage(message, isForged);
    entry.outcome = 'sent';
    entry.http_status = reply?.status ?? null;
    onReply(reply, message);
  }
}
