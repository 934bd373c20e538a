import {
  type RemoteBot,
  type RemoteClient,
  type RemoteDid,
  type RemoteRouting,
  ROUTE_TO_BOT,
  type RoutingFields,
  type Section,
  type SectionRows,
} from '@dialtone/domain';
import type { ListFilter, RemoteBotFields, UpstreamErrorClass } from '@dialtone/engine';
import { ListedRows } from './listed-rows';
import {
  listedAvailableDid,
  listedBot,
  listedClient,
  listedDid,
  listedRouting,
  type StoredBot,
  type StoredClient,
  type StoredDid,
  type StoredRouting,
} from './remote-records';

/** A mutating call as the in-memory VoiceLink receives it. `operation` names match the five endpoints. */
export type MutatingCall =
  | { readonly operation: 'dids.map'; readonly didId: number; readonly clientId: number; readonly callRecording: 0 | 1 }
  | ({ readonly operation: 'bots.create'; readonly clientId: number } & RemoteBotFields)
  | ({
      readonly operation: 'bots.update';
      readonly botId: number;
      readonly webhookUrl: string | null;
    } & RemoteBotFields)
  | { readonly operation: 'routing.create'; readonly didId: number; readonly fields: RoutingFields }
  | {
      readonly operation: 'routing.update';
      readonly routingId: number;
      readonly fields: RoutingFields;
      readonly inboundMobile: string | null;
    };
export type WriteOperation = MutatingCall['operation'];

/** `id` is that of the thin answer; map-did has none. */
export type Applied =
  | { readonly ok: true; readonly id: number | null }
  | {
      readonly ok: false;
      readonly class: Extract<UpstreamErrorClass, 'rejected' | 'not_found'>;
      readonly message: string;
    };

const rejected = (message: string): Applied => ({ ok: false, class: 'rejected', message });
const notFound = (message: string): Applied => ({ ok: false, class: 'not_found', message });

/**
 * The state of one VoiceLink account and the rules by which calls change it. Synchronous; no clock, no randomness. Changes
 * that a test makes behind the controller's back bypass the rules.
 */
export class RemoteWorld {
  readonly clients = new Map<number, StoredClient>();
  readonly dids = new Map<number, StoredDid>();
  readonly bots = new Map<number, StoredBot>();
  /** By DID: there is one record per DID. */
  readonly routings = new Map<number, StoredRouting>();
  private readonly memory = {
    clients: new ListedRows<[StoredClient], RemoteClient>(),
    dids: new ListedRows<[StoredDid], RemoteDid>(),
    available_dids: new ListedRows<[StoredDid], RemoteDid>(),
    bots: new ListedRows<[StoredBot], RemoteBot>(),
    routing: new ListedRows<[StoredRouting, StoredDid], RemoteRouting>(),
  };
  private lastId = 1000;

  addClient(fields: Partial<Omit<StoredClient, 'id'>> = {}): StoredClient {
    const id = this.nextId();
    const client = { id, username: `client.${String(id)}`, active: true, ...fields };
    this.clients.set(id, client);
    return client;
  }

  /** Live and unmapped unless said otherwise. */
  addDid(number: string, fields: Partial<Omit<StoredDid, 'didId' | 'number'>> = {}): StoredDid {
    const base = { clientId: null, callRecording: 0, expired: false, expiresAt: null } as const;
    const did = { didId: this.nextId(), number, ...base, ...fields };
    this.dids.set(did.didId, did);
    return did;
  }

  addBot(clientId: number | null, fields: Partial<Omit<StoredBot, 'id' | 'clientId'>> = {}): StoredBot {
    const base = {
      name: 'main',
      websocketUrl: 'wss://voice.example/ws',
      webhookUrl: null,
      active: true,
      misreported: false,
    };
    const bot = { id: this.nextId(), clientId, ...base, ...fields };
    this.bots.set(bot.id, bot);
    return bot;
  }

  addRouting(didId: number, fields: Partial<Omit<StoredRouting, 'id' | 'didId'>> = {}): StoredRouting {
    const base = {
      forInboundCall: 1,
      forOutboundCall: 4,
      inboundBotId: null,
      inboundTrunkId: null,
      outboundBotId: null,
      inboundMobile: null,
    };
    const routing = { id: this.nextId(), didId, ...base, outboundTrunkId: null, active: true, ...fields };
    this.routings.set(didId, routing);
    return routing;
  }

  /** Changes a DID as the panel, the calendar or another integration would. */
  editDid(didId: number, change: Partial<Omit<StoredDid, 'didId'>>): void {
    this.dids.set(didId, { ...existing(this.dids.get(didId), 'DID'), ...change });
  }

  /** With its routing record. */
  deleteDid(didId: number): void {
    this.dids.delete(didId);
    this.routings.delete(didId);
  }

  editBot(botId: number, change: Partial<Omit<StoredBot, 'id'>>): void {
    this.bots.set(botId, { ...existing(this.bots.get(botId), 'bot'), ...change });
  }

  deleteBot(botId: number): void {
    this.bots.delete(botId);
  }

  editRouting(didId: number, change: Partial<Omit<StoredRouting, 'id' | 'didId'>>): void {
    this.routings.set(didId, { ...existing(this.routings.get(didId), 'routing record'), ...change });
  }

  deleteRouting(didId: number): void {
    this.routings.delete(didId);
  }

  /** All rows of a section, as listed. Filters work where the real endpoints are known to support them. */
  rows<S extends Section>(section: S, filter: ListFilter): readonly SectionRows[S][] {
    return this.lists[section](filter);
  }

  private readonly lists: { readonly [S in Section]: (filter: ListFilter) => readonly SectionRows[S][] } = {
    clients: ({ search }) =>
      [...this.clients.values()]
        .filter(({ username }) => contains(username, search))
        .map((client) => this.memory.clients.row(client.id, [client], listedClient)),
    dids: ({ clientId, search }) =>
      [...this.dids.values()]
        .filter((did) => ofClient(did, clientId) && contains(did.number, search))
        .map((did) => this.memory.dids.row(did.didId, [did], listedDid)),
    available_dids: () =>
      [...this.dids.values()]
        .filter(({ clientId }) => clientId === null)
        .map((did) => this.memory.available_dids.row(did.didId, [did], listedAvailableDid)),
    bots: ({ clientId, search }) =>
      [...this.bots.values()]
        .filter((bot) => ofClient(bot, clientId) && contains(bot.name, search))
        .map((bot) => this.memory.bots.row(bot.id, [bot], listedBot)),
    routing: ({ clientId }) =>
      [...this.routings.values()].flatMap((routing) => {
        const did = this.dids.get(routing.didId);
        if (did === undefined || !ofClient(did, clientId)) return [];
        return [this.memory.routing.row(routing.id, [routing, did], listedRouting)];
      }),
  };

  /** Takes a call by the rules of the VoiceLink upstream notes §6.3, §7 and §8. */
  apply(call: MutatingCall): Applied {
    switch (call.operation) {
      case 'dids.map':
        return this.mapDid(call);
      case 'bots.create':
        return this.createBot(call);
      case 'bots.update':
        return this.updateBot(call);
      case 'routing.create':
        return this.createRouting(call);
      case 'routing.update':
        return this.updateRouting(call);
    }
  }

  private mapDid(call: Extract<MutatingCall, { operation: 'dids.map' }>): Applied {
    const did = this.dids.get(call.didId);
    if (did === undefined || !this.clients.has(call.clientId)) return rejected('DID or client is invalid');
    if (did.expired) return rejected('the DID has expired');
    if (did.clientId !== null && did.clientId !== call.clientId) return rejected('the DID is mapped to another client');
    this.dids.set(did.didId, { ...did, clientId: call.clientId, callRecording: call.callRecording });
    return { ok: true, id: null };
  }

  private createBot({
    clientId,
    name,
    websocketUrl,
    active,
  }: Extract<MutatingCall, { operation: 'bots.create' }>): Applied {
    if (!this.clients.has(clientId)) return rejected('client is invalid');
    return { ok: true, id: this.addBot(clientId, { name, websocketUrl, active }).id };
  }

  /** Replaces: fields that are not sent are lost. */
  private updateBot(call: Extract<MutatingCall, { operation: 'bots.update' }>): Applied {
    const bot = this.bots.get(call.botId);
    if (bot === undefined) return notFound('no such bot');
    const { name, websocketUrl, webhookUrl, active } = call;
    this.bots.set(bot.id, { ...bot, name, websocketUrl, webhookUrl, active });
    return { ok: true, id: bot.id };
  }

  private createRouting({ didId, fields }: Extract<MutatingCall, { operation: 'routing.create' }>): Applied {
    const did = this.dids.get(didId);
    if (did === undefined) return rejected('DID is invalid');
    if (this.routings.has(didId)) return rejected('the DID has a routing record already');
    if (namesNoHandler(fields)) return rejected('a half lacks its handler');
    if (!this.mayRouteTo(did, fields)) return rejected('the selected WebSocket bot is not valid or not active');
    return { ok: true, id: this.addRouting(didId, fields).id };
  }

  /** Replaces: fields that are not sent are lost. */
  private updateRouting(call: Extract<MutatingCall, { operation: 'routing.update' }>): Applied {
    const { routingId, fields, inboundMobile } = call;
    const routing = [...this.routings.values()].find(({ id }) => id === routingId);
    const did = routing && this.dids.get(routing.didId);
    if (routing === undefined || did === undefined) return notFound('no such routing record');
    if (!this.mayRouteTo(did, fields)) return rejected('the selected WebSocket bot is not valid or not active');
    this.routings.set(did.didId, { id: routing.id, didId: did.didId, inboundMobile, ...fields });
    return { ok: true, id: routing.id };
  }

  /** By the real status, not by the listed one. */
  private mayRouteTo(did: StoredDid, { inboundBotId, outboundBotId }: RoutingFields): boolean {
    return [inboundBotId, outboundBotId].every((id) => {
      if (id === null) return true;
      const bot = this.bots.get(id);
      return bot?.active === true && (did.clientId === null || bot.clientId === did.clientId);
    });
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }
}

const existing = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`there is no such ${what}`);
  return value;
};

const ofClient = (row: { readonly clientId: number | null }, clientId: number | undefined): boolean =>
  clientId === undefined || row.clientId === clientId;

const contains = (text: string, search: string | undefined): boolean =>
  search === undefined || text.toLowerCase().includes(search.toLowerCase());

const namesNoHandler = (fields: RoutingFields): boolean =>
  (fields.forInboundCall === ROUTE_TO_BOT && fields.inboundBotId === null) ||
  (fields.forOutboundCall === ROUTE_TO_BOT && fields.outboundBotId === null);
