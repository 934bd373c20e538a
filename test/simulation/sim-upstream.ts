import type { Listing, RemoteBot, RoutingFields, Section, SectionRows } from '@dialtone/domain';
import type { ListFilter, RemoteBotFields, UpstreamFailure, VoiceLinkAccount, WriteOutcome } from '@dialtone/engine';
import { inboundMobileOf, OddRows, RemoteWorld } from '@dialtone/testing';
import type { Replicas } from './replicas';
import type { Scheduler } from './scheduler';
import { ShortLists } from './short-lists';

export type MutatingCall = Parameters<RemoteWorld['apply']>[0];

const LATENCY_MS = 200;
/** How long no list of a section lacks a row after one has. */
const GAP_MS = 15_000;
const CLIENT_TIMEOUT_MS = 1_500;
/** How long after the caller's time-out an effect may still come; both together stay below the engine's in-doubt window. */
const LATE_MS = 4_000;
const SOON_MS = 3_000;

export interface UpstreamHooks {
  /** A mutating call arrives, before anything is done. */
  readonly arrives: (call: MutatingCall) => void;
  /** Its effect is about to happen, now or late. */
  readonly takesEffect: (call: MutatingCall) => void;
  /** The world has changed. */
  readonly changed: () => void;
  /** An incomplete list is returned; with the row, one that looks complete. */
  readonly spoils: (section: Section, fault: string, row?: unknown) => void;
  /** A list that looks complete shows these rows. */
  readonly shows: (section: Section, rows: readonly unknown[]) => void;
}

/** A time in which nothing works. `throttle`: every request is answered 429. `outage`: none is answered. */
export type Weather = 'fair' | 'throttle' | 'outage';

/** For each section, the last list that left a row out, and the number of complete ones since. */
type Gaps = Partial<Record<Section, number>>;

/**
 * One VoiceLink for all processes, with faults drawn from the seed. A call goes on after its caller was killed; an effect may
 * come after the caller's time-out.
 */
export class SimUpstream implements VoiceLinkAccount {
  readonly world = new RemoteWorld();
  /** Rows of its lists that cannot be read. */
  readonly odd = new OddRows();
  /** What lists leave out for a while, although they look complete. */
  readonly short = new ShortLists();
  /** Listed rows as they are read; as they are, unless some values cannot be read. */
  readRows: <S extends Section>(section: S, rows: readonly SectionRows[S][]) => readonly SectionRows[S][] = (_, rows) =>
    rows;
  /** Chance that a list which passes for whole lacks a row. */
  shiftRate = 0.02;
  /** The same for a list of bots soon after one was made, which is the row that it lacks. */
  newBotLostRate = 0;
  /** Lists are read from these; null: from the primary. */
  replicas: Replicas | null = null;
  /** Calls that VoiceLink accepts and does nothing about. */
  swallows: (call: MutatingCall) => boolean = () => false;
  /** Mutating calls that may still take effect. */
  readonly inFlight = new Set<MutatingCall>();
  isFaulty = true;
  weather: Weather = 'fair';
  /** Requests that arrived since it was set to 0. */
  requests = 0;
  private gaps: Gaps = {};
  private newBot: { readonly id: number | null; readonly at: number } | null = null;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly hooks: UpstreamHooks,
  ) {}

  /** Requests pass no gate here; each process has a gate of its own. */
  owner(): Promise<{ readonly resellerId: null }> {
    return Promise.resolve({ resellerId: null });
  }

  currentPause(): null {
    return null;
  }

  async list<S extends Section>(section: S, filter: ListFilter = {}): Promise<Listing<SectionRows[S]>> {
    await this.travel();
    this.requests += 1;
    if (this.weather !== 'fair') return this.unread(section);
    const rows = this.replicas?.rows(section) ?? this.world.rows(section, filter);
    const fault = this.readFault() ?? this.newBotFault(section);
    if (fault !== null) this.hooks.spoils(section, fault);
    await this.travel();
    if (fault === 'fail') return { status: 'failed', rows: [], message: 'HTTP 500' };
    if (fault === 'truncate') return { status: 'truncated', rows: rows.slice(0, -1), message: 'the total says more' };
    const listed = this.short.of(section, fault === 'shift' ? this.shifted(section, rows) : rows);
    this.hooks.shows(section, listed);
    return this.odd.list(section, this.readRows(section, listed), Object.keys(filter).length === 0);
  }

  mapDid(input: { didId: number; clientId: number; callRecording: 0 | 1 }): Promise<WriteOutcome> {
    return this.write({ operation: 'dids.map', ...input });
  }

  createBot(input: RemoteBotFields & { clientId: number }): Promise<WriteOutcome> {
    return this.write({ operation: 'bots.create', ...input });
  }

  updateBot(botId: number, fields: RemoteBotFields, keep: Readonly<Record<string, unknown>>): Promise<WriteOutcome> {
    const webhook = keep['webhook_url'];
    return this.write({
      operation: 'bots.update',
      botId,
      webhookUrl: typeof webhook === 'string' ? webhook : null,
      ...fields,
    });
  }

  createRouting(input: { didId: number; didNumber: string; fields: RoutingFields }): Promise<WriteOutcome> {
    return this.write({ operation: 'routing.create', didId: input.didId, fields: input.fields });
  }

  updateRouting(
    routingId: number,
    fields: RoutingFields,
    keep: Readonly<Record<string, unknown>>,
  ): Promise<WriteOutcome> {
    return this.write({ operation: 'routing.update', routingId, fields, inboundMobile: inboundMobileOf(keep) });
  }

  /** A human in the panel. */
  edit(change: (world: RemoteWorld) => void): void {
    change(this.world);
    this.hooks.changed();
  }

  private async write(call: MutatingCall): Promise<WriteOutcome> {
    this.inFlight.add(call);
    this.hooks.arrives(call);
    await this.travel();
    const outcome = await this.answer(call);
    await this.travel();
    return outcome;
  }

  private async unread<S extends Section>(section: S): Promise<Listing<SectionRows[S]>> {
    const message = this.weather === 'throttle' ? `HTTP 429, ${String(this.retryAfter())} ms` : 'no answer';
    this.hooks.spoils(section, message);
    // A list that was whole comes between two with gaps.
    if (section in this.gaps) this.gaps = { ...this.gaps, [section]: this.scheduler.clock.now() + GAP_MS };
    await this.travel();
    return { status: 'failed', rows: [], message };
  }

  private retryAfter(): number {
    return this.scheduler.between(500, 5_000);
  }

  /** The failure during a storm; null without one. An outage may come before or after the effect. */
  private async stormed(call: MutatingCall): Promise<WriteOutcome | null> {
    if (this.weather === 'throttle') {
      return this.refuse(call, { class: 'rate_limited', httpStatus: 429, retryAfterMs: this.retryAfter() });
    }
    if (this.weather === 'fair') return null;
    if (this.scheduler.chance(0.2)) this.apply(call);
    else this.inFlight.delete(call);
    await this.scheduler.clock.sleep(CLIENT_TIMEOUT_MS);
    return unknown('no answer');
  }

  private async answer(call: MutatingCall): Promise<WriteOutcome> {
    const { scheduler } = this;
    this.requests += 1;
    const stormed = await this.stormed(call);
    if (stormed !== null) return stormed;
    const draw = this.isFaulty ? scheduler.random() : 1;
    if (draw < 0.05) return this.refuse(call, { class: 'rate_limited', retryAfterMs: 1_000 });
    if (draw < 0.1) {
      this.inFlight.delete(call);
      return unknown('HTTP 500');
    }
    if (draw < 0.2) {
      if (scheduler.chance(0.5)) this.apply(call);
      else this.inFlight.delete(call);
      await scheduler.clock.sleep(CLIENT_TIMEOUT_MS);
      return unknown('time-out');
    }
    if (draw < 0.3) {
      void scheduler.clock.sleep(CLIENT_TIMEOUT_MS + scheduler.between(0, LATE_MS)).then(() => {
        this.apply(call);
      });
      await scheduler.clock.sleep(CLIENT_TIMEOUT_MS);
      return unknown('time-out');
    }
    return this.apply(call);
  }

  private apply(call: MutatingCall): WriteOutcome {
    if (this.swallows(call)) {
      this.inFlight.delete(call);
      return { kind: 'accepted', id: null };
    }
    this.hooks.takesEffect(call);
    this.inFlight.delete(call);
    const applied = this.world.apply(call);
    this.hooks.changed();
    if (applied.ok && call.operation === 'bots.create') {
      this.newBot = { id: applied.id, at: this.scheduler.clock.now() };
    }
    if (!applied.ok) {
      return { kind: 'refused', failure: failure({ class: applied.class, message: applied.message }) };
    }
    if (call.operation === 'bots.update' && this.isFaulty && this.scheduler.chance(0.3)) this.switchOff(call.botId);
    return { kind: 'accepted', id: applied.id };
  }

  /** A human switches the bot off just as the engine activates it: in the lists it looks as if it were misreported. */
  private switchOff(botId: number): void {
    this.edit((world) => {
      world.editBot(botId, { active: false });
    });
  }

  private refuse(call: MutatingCall, why: Partial<UpstreamFailure>): WriteOutcome {
    this.inFlight.delete(call);
    return { kind: 'refused', failure: failure(why) };
  }

  private readFault(): 'fail' | 'truncate' | 'shift' | null {
    const draw = this.isFaulty ? this.scheduler.random() : 1;
    if (draw < 0.04) return 'fail';
    if (draw < 0.08) return 'truncate';
    return draw < 0.08 + this.shiftRate ? 'shift' : null;
  }

  private newBotFault(section: Section): 'shift' | null {
    const isSoon = section === 'bots' && this.newBot !== null && this.scheduler.clock.now() < this.newBot.at + SOON_MS;
    return this.newBotLostRate > 0 && isSoon && this.scheduler.chance(this.newBotLostRate) ? 'shift' : null;
  }

  /** A row fell between two pages. Never twice in a row for the same list: two complete listings prove absence. */
  private shifted<Row>(section: Section, rows: readonly Row[]): readonly Row[] {
    const now = this.scheduler.clock.now();
    if (now < (this.gaps[section] ?? 0)) return rows;
    this.gaps = { ...this.gaps, [section]: now + GAP_MS };
    const lost = this.newRowOf(section, rows) ?? this.scheduler.pick(rows);
    this.hooks.spoils(section, 'left out', lost ?? undefined);
    return rows.filter((row) => row !== lost);
  }

  private newRowOf<Row>(section: Section, rows: readonly Row[]): Row | null {
    if (this.newBotLostRate === 0 || section !== 'bots') return null;
    return rows.find((row) => (row as RemoteBot).id === this.newBot?.id) ?? null;
  }

  private travel(): Promise<void> {
    return this.scheduler.clock.sleep(this.scheduler.between(0, LATENCY_MS));
  }
}

const failure = (why: Partial<UpstreamFailure>): UpstreamFailure => ({
  class: 'unavailable',
  httpStatus: null,
  message: 'simulated',
  retryAfterMs: null,
  ...why,
});

const unknown = (message: string): WriteOutcome => ({ kind: 'unknown', failure: failure({ message }) });
