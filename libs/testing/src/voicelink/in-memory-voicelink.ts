import type { Listing, RoutingFields, Section, SectionRows } from '@dialtone/domain';
import type { ListFilter, RemoteBotFields, UpstreamErrorClass, VoiceLinkAccount, WriteOutcome } from '@dialtone/engine';
import { inboundMobileOf } from './remote-records';
import { OddRows } from './odd-rows';
import { RemoteWorld, type MutatingCall, type WriteOperation } from './remote-world';
import { FaultPlan, type VoiceLinkFault, type WriteFault, type ReadFault } from './voicelink-faults';

/** A mutating call that reached the in-memory VoiceLink, accepted or not. */
export interface JournaledCall {
  readonly call: MutatingCall;
  readonly operation: WriteOperation;
  /** Whether it changed anything; a late effect turns this true when it comes. */
  effect: boolean;
  readonly fault: WriteFault['kind'] | null;
}

export interface InMemoryVoiceLinkOptions {
  /** Like the adapter's: mutating calls are refused unsent. */
  readonly dryRun?: boolean;
  /** Time by which late effects come due, epoch ms. Without it they come with `settleLate`. */
  readonly now?: () => number;
  /** Awaited before each call takes effect and again before it is answered, so that a scheduler can run others. */
  readonly pause?: (operation: Section | WriteOperation, phase: 'before' | 'after') => Promise<void>;
  /** Several accounts over one world are several callers of one upstream. */
  readonly world?: RemoteWorld;
}

/**
 * The engine's upstream port over a world in memory: deterministic, without timers. Faults strike as planned; `world` is for
 * setting up and for changes behind the controller's back; `journal` lists every mutating call that was received.
 */
export class InMemoryVoiceLink implements VoiceLinkAccount {
  readonly world: RemoteWorld;
  readonly faults = new FaultPlan();
  /** Rows of its lists that cannot be read. */
  readonly odd = new OddRows();
  readonly journal: JournaledCall[] = [];
  private readonly garbledRows = new WeakMap<object, object>();
  private late: { readonly dueAt: number; readonly entry: JournaledCall }[] = [];

  constructor(private readonly options: InMemoryVoiceLinkOptions = {}) {
    this.world = options.world ?? new RemoteWorld();
  }

  /** Plans a fault; see `VoiceLinkFault`. */
  inject(fault: VoiceLinkFault): void {
    this.faults.add(fault);
  }

  /** Calls of one operation that changed something; tests check with it that no second bot was created. */
  effects(operation: WriteOperation): readonly JournaledCall[] {
    return this.journal.filter((entry) => entry.operation === operation && entry.effect);
  }

  /** Lets all late effects happen, due or not. */
  settleLate(): void {
    this.applyLate(Infinity);
  }

  /** Its requests pass no gate; those of `gatedAccount` do. */
  owner(): Promise<{ readonly resellerId: null }> {
    return Promise.resolve({ resellerId: null });
  }

  currentPause(): null {
    return null;
  }

  async list<S extends Section>(section: S, filter: ListFilter = {}): Promise<Listing<SectionRows[S]>> {
    await this.pause(section, 'before');
    const fault = this.faults.onRead(section);
    if (fault?.kind === 'fail') {
      const message = messageOf(fault);
      return { status: 'failed', rows: [], message, ...(fault.unauthorized === true && { unauthorized: true }) };
    }
    const rows = this.world.rows(section, filter);
    await this.pause(section, 'after');
    if (fault === null) return this.odd.list(section, rows, Object.keys(filter).length === 0);
    if (fault.kind === 'garble') return { status: 'complete', rows: rows.map((row) => this.garbled(row, fault)) };
    const kept = rows.slice(0, Math.max(0, rows.length - (fault.leaveOff ?? 1)));
    return {
      status: 'truncated',
      rows: kept,
      message: `${String(kept.length)} rows came, total says ${String(rows.length)}`,
    };
  }

  /** The same object for the same record, as of all rows. */
  private garbled<Row extends object>(row: Row, { id, facts }: Extract<ReadFault, { kind: 'garble' }>): Row {
    if (('didId' in row && !('forInboundCall' in row) ? row.didId : 'id' in row && row.id) !== id) return row;
    const known = this.garbledRows.get(row);
    if (known !== undefined) return known as Row;
    const names = facts.flatMap((fact) => (fact === 'expiry' ? ['isExpired', 'expiresAt'] : [fact]));
    const lost = Object.fromEntries(names.filter((name) => name !== 'didId').map((name) => [name, null]));
    const garbled = { ...row, ...lost, unreadable: facts };
    this.garbledRows.set(row, garbled);
    return garbled;
  }

  mapDid(input: { didId: number; clientId: number; callRecording: 0 | 1 }): Promise<WriteOutcome> {
    return this.receive({ operation: 'dids.map', ...input });
  }

  createBot(input: RemoteBotFields & { clientId: number }): Promise<WriteOutcome> {
    return this.receive({ operation: 'bots.create', ...input });
  }

  /** Of `keep` only `webhook_url` exists here. */
  updateBot(botId: number, fields: RemoteBotFields, keep: Readonly<Record<string, unknown>>): Promise<WriteOutcome> {
    const webhook = keep['webhook_url'];
    const webhookUrl = typeof webhook === 'string' ? webhook : null;
    return this.receive({ operation: 'bots.update', botId, webhookUrl, ...fields });
  }

  createRouting(input: { didId: number; didNumber: string; fields: RoutingFields }): Promise<WriteOutcome> {
    return this.receive({ operation: 'routing.create', didId: input.didId, fields: input.fields });
  }

  updateRouting(
    routingId: number,
    fields: RoutingFields,
    keep: Readonly<Record<string, unknown>>,
  ): Promise<WriteOutcome> {
    return this.receive({ operation: 'routing.update', routingId, fields, inboundMobile: inboundMobileOf(keep) });
  }

  private async receive(call: MutatingCall): Promise<WriteOutcome> {
    if (this.options.dryRun === true) return failure('refused', 'dry_run', 'not sent, dry-run is on');
    await this.pause(call.operation, 'before');
    const fault = this.faults.onWrite(call);
    const entry: JournaledCall = { call, operation: call.operation, effect: false, fault: fault?.kind ?? null };
    this.journal.push(entry);
    const outcome = fault === null ? this.take(entry) : this.strike(fault, entry);
    await this.pause(call.operation, 'after');
    return outcome;
  }

  private take(entry: JournaledCall): WriteOutcome {
    const applied = this.world.apply(entry.call);
    entry.effect = applied.ok;
    return applied.ok ? { kind: 'accepted', id: applied.id } : failure('refused', applied.class, applied.message);
  }

  private strike(fault: WriteFault, entry: JournaledCall): WriteOutcome {
    switch (fault.kind) {
      case 'refuse':
        return failure('refused', 'rejected', 'injected refusal');
      case 'rate_limit':
        return failure('refused', 'rate_limited', 'injected rate limit', fault.retryAfterMs);
      case 'error':
        return failure('unknown', 'unavailable', 'injected error');
      case 'timeout_after':
        this.take(entry);
        return failure('unknown', 'unavailable', 'injected time-out');
      case 'late_effect':
        this.late.push({ dueAt: (this.options.now?.() ?? 0) + fault.delayMs, entry });
        return failure('unknown', 'unavailable', 'injected time-out');
      case 'timeout_before':
        return failure('unknown', 'unavailable', 'injected time-out');
    }
  }

  private applyLate(now: number): void {
    const due = this.late.filter(({ dueAt }) => dueAt <= now);
    this.late = this.late.filter(({ dueAt }) => dueAt > now);
    for (const { entry } of due) this.take(entry);
  }

  /** Late effects come first, as on a server that is still busy with an earlier call. */
  private async pause(operation: Section | WriteOperation, phase: 'before' | 'after'): Promise<void> {
    await this.options.pause?.(operation, phase);
    if (phase === 'before' && this.options.now !== undefined) this.applyLate(this.options.now());
  }
}

const failure = (
  kind: 'refused' | 'unknown',
  errorClass: UpstreamErrorClass,
  message: string,
  retryAfterMs: number | null = null,
): WriteOutcome => ({ kind, failure: { class: errorClass, httpStatus: null, message, retryAfterMs } });

const messageOf = ({ unauthorized, retryAfterMs }: Extract<ReadFault, { kind: 'fail' }>): string => {
  if (unauthorized === true) return 'injected 401';
  return retryAfterMs === undefined ? 'injected failure' : `HTTP 429, ${String(retryAfterMs)} ms`;
};
