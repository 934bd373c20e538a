import type { RoutingFields, Section, SectionRows } from '@dialtone/domain';
import type {
  ListFilter,
  ListTurn,
  RateLane,
  RemoteBotFields,
  UpstreamPause,
  VoiceLinkAccount,
  WriteOutcome,
} from '@dialtone/engine';
import { ApiClient, type VoiceLinkRaw } from './api-client';
import type { CallOutcome } from './classify';
import { readCreatedId } from './envelope';
import { ListMemory } from './list-memory';
import { Lister, type ReadListing } from './lister';
import { PageCache } from './page-cache';
import { readResellerId } from './read-reseller-id';
import { settingsOf, type VoiceLinkOptions, type VoiceLinkSettings } from './options';
import type { LoginOutcome } from './bearer-token';
import {
  createBotBody,
  createRoutingBody,
  mapDidBody,
  placeCallBody,
  updateBotBody,
  updateRoutingBody,
  type PlaceCallInput,
} from './write-bodies';

/** Whether VoiceLink took a call: `id` is its id in the outbound queue, null when the answer has none. */
export type CallPlacement =
  { readonly kind: 'accepted'; readonly id: number | null } | Exclude<CallOutcome, { readonly kind: 'ok' }>;

/** The engine's view of one VoiceLink account over HTTP, and what else the apps need of it. */
export interface HttpVoiceLinkAccount extends VoiceLinkAccount {
  readonly raw: VoiceLinkRaw;
  list<S extends Section>(section: S, filter?: ListFilter, turn?: ListTurn): Promise<ReadListing<SectionRows[S]>>;
  /** This account for one lane of work, with the same connections and token. Returns the same object for the same lane. */
  in(lane: RateLane): HttpVoiceLinkAccount;
  /**
   * `POST /v1/add_lead`: asks for one outbound call. `accepted` says that it is queued, not that it rang. Refused unless
   * the DID's outbound half is an active WebSocket bot (VoiceLink upstream notes §3.3). Repeating it calls twice.
   */
  placeCall(input: PlaceCallInput): Promise<CallPlacement>;
  /** Logs in now: proves base URL and credentials. Never throws for upstream trouble. */
  login(): Promise<LoginOutcome>;
  /** Ends calls in flight (a write in flight becomes `unknown`) and closes all connections. Idempotent. */
  close(): Promise<void>;
  /** Sends no further calls, lets those in flight end, then closes all connections. `close` ends it sooner. */
  drain(): Promise<void>;
}

/**
 * The account in the lane `user`; see `in`. Connects and logs in with the first call. Create one per account and process,
 * so that calls share one token and one set of connections. Throws a TypeError for options that cannot work.
 */
export const createVoiceLinkAccount = (options: VoiceLinkOptions): HttpVoiceLinkAccount => {
  const settings = settingsOf(options);
  const shared = { settings, lanes: new Map<RateLane, HttpAccount>(), pages: new PageCache(), lists: new ListMemory() };
  return new HttpAccount(ApiClient.open(settings, 'user'), shared).in('user');
};

/** Shared by all lanes of one account. */
interface Shared {
  readonly settings: VoiceLinkSettings;
  readonly lanes: Map<RateLane, HttpAccount>;
  readonly pages: PageCache;
  readonly lists: ListMemory;
}

class HttpAccount implements HttpVoiceLinkAccount {
  private readonly lister: Lister;

  constructor(
    private readonly client: ApiClient,
    private readonly shared: Shared,
  ) {
    this.lister = new Lister(client, shared.settings, shared.pages, shared.lists);
  }

  in(lane: RateLane): HttpAccount {
    const { lanes } = this.shared;
    const existing = lanes.get(lane);
    if (existing !== undefined) return existing;
    const account = new HttpAccount(this.client.in(lane), this.shared);
    lanes.set(lane, account);
    return account;
  }

  currentPause(): UpstreamPause | null {
    return this.client.pause();
  }

  get raw(): VoiceLinkRaw {
    return this.client;
  }

  login(): Promise<LoginOutcome> {
    return this.client.login();
  }

  async owner(): ReturnType<VoiceLinkAccount['owner']> {
    const outcome = await this.client.call({ method: 'GET', path: '/v1/auth/user' });
    if (outcome.kind === 'ok') return { resellerId: readResellerId(outcome.body) };
    const { class: why } = outcome.failure;
    return why === 'not_found' || why === 'rejected' ? { resellerId: null } : 'no_answer';
  }

  close(): Promise<void> {
    return this.client.close();
  }

  drain(): Promise<void> {
    return this.client.drain();
  }

  list<S extends Section>(section: S, filter: ListFilter = {}, turn?: ListTurn): Promise<ReadListing<SectionRows[S]>> {
    return this.lister.list(section, filter, turn);
  }

  async mapDid(input: { didId: number; clientId: number; callRecording: 0 | 1 }): Promise<WriteOutcome> {
    const outcome = await this.post('/v1/reseller/client/map-did', mapDidBody(input));
    return toWriteOutcome(outcome, () => null);
  }

  async createBot(input: RemoteBotFields & { clientId: number }): Promise<WriteOutcome> {
    const outcome = await this.post('/v1/websocket-bot/create', createBotBody(input));
    return toWriteOutcome(outcome, (body) => readCreatedId(body, 'bot_id'));
  }

  async updateBot(
    botId: number,
    fields: RemoteBotFields,
    keep: Readonly<Record<string, unknown>>,
  ): Promise<WriteOutcome> {
    const outcome = await this.post(`/v1/websocket-bot/update/${String(botId)}`, updateBotBody(fields, keep));
    return toWriteOutcome(outcome, () => botId);
  }

  async createRouting(input: { didId: number; didNumber: string; fields: RoutingFields }): Promise<WriteOutcome> {
    const outcome = await this.post('/v1/call-routing/create', createRoutingBody(input.didId, input.fields));
    return toWriteOutcome(outcome, (body) => readCreatedId(body, 'routing_id'));
  }

  async updateRouting(
    routingId: number,
    fields: RoutingFields,
    keep: Readonly<Record<string, unknown>>,
  ): Promise<WriteOutcome> {
    const outcome = await this.post(`/v1/call-routing/update/${String(routingId)}`, updateRoutingBody(fields, keep));
    return toWriteOutcome(outcome, () => routingId);
  }

  async placeCall(input: PlaceCallInput): Promise<CallPlacement> {
    const { webhookUrl } = input;
    // Its path lets one speak for VoiceLink.
    const outcome = await this.client.placeCall(placeCallBody(input), webhookUrl === undefined ? [] : [webhookUrl]);
    if (outcome.kind !== 'ok') return outcome;
    return { kind: 'accepted', id: readCreatedId(outcome.body, 'outbound_queue_id', 'lead_id') };
  }

  private post(path: string, body: Readonly<Record<string, unknown>>): Promise<CallOutcome> {
    return this.client.call({ method: 'POST', path, body });
  }
}

const toWriteOutcome = (outcome: CallOutcome, idIn: (body: unknown) => number | null): WriteOutcome =>
  outcome.kind === 'ok'
    ? { kind: 'accepted', id: idIn(outcome.body) }
    : { kind: outcome.kind, failure: outcome.failure };
