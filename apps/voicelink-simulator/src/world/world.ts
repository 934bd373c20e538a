import { type Bot, type Client, type Did, type Routing, type Trunk } from './records';
import { Table, type TableDump } from './table';

/** All of a world as JSON. */
export interface WorldDump {
  readonly clients: TableDump<Client>;
  readonly bots: TableDump<Bot>;
  readonly trunks: TableDump<Trunk>;
  readonly dids: TableDump<Did>;
  readonly routings: TableDump<Routing>;
  readonly channelPool: number;
  readonly leads: number;
}

type FirstIds = Readonly<Record<'clients' | 'bots' | 'trunks' | 'dids' | 'routings', number>>;

/**
 * The whole state of one simulated VoiceLink reseller account. In memory, synchronous, without clock, randomness or
 * HTTP. It maintains its indices and knows no rules: those are in the `*-writes` files, and the admin API bypasses them.
 */
export class World {
  readonly clients: Table<Client>;
  readonly bots: Table<Bot>;
  readonly trunks: Table<Trunk>;
  private readonly didTable: Table<Did>;
  private readonly routingTable: Table<Routing>;
  private readonly didIdByNumber = new Map<string, number>();
  private readonly routingIdByDid = new Map<number, number>();

  /** Channels that the reseller owns; clients draw from them. */
  channelPool = 0;
  /** Called before each change of a record. */
  beforeChange: () => void = () => undefined;

  /** Accepted leads so far; the next one's queue id follows from it. */
  leads = 0;

  /** Ids of different kinds start far apart, so that mixing them up is noticed. */
  constructor(first: FirstIds = { clients: 701, bots: 51, trunks: 31, dids: 1301, routings: 201 }) {
    const changing = (): void => {
      this.beforeChange();
    };
    this.clients = new Table(first.clients, changing);
    this.bots = new Table(first.bots, changing);
    this.trunks = new Table(first.trunks, changing);
    this.didTable = new Table(first.dids, changing);
    this.routingTable = new Table(first.routings, changing);
  }

  /** Without records; ids start at 1, so that a record may get any id. */
  static empty(): World {
    return new World({ clients: 1, bots: 1, trunks: 1, dids: 1, routings: 1 });
  }

  get dids(): readonly Did[] {
    return this.didTable.rows;
  }

  get routings(): readonly Routing[] {
    return this.routingTable.rows;
  }

  get channelsUsed(): number {
    return this.clients.rows.reduce((sum, client) => sum + client.channelCount, 0);
  }

  did(id: number): Did | undefined {
    return this.didTable.get(id);
  }

  /** By number in any format: digits are compared, ten digits get the country code. */
  didByNumber(raw: string): Did | undefined {
    const digits = raw.replace(/\D/g, '');
    const id = this.didIdByNumber.get(digits) ?? this.didIdByNumber.get(`91${digits}`);
    return id === undefined ? undefined : this.didTable.get(id);
  }

  addDid(fields: Omit<Did, 'id'>, id?: number): Did {
    const did = this.didTable.add(fields, id);
    this.didIdByNumber.set(did.number, did.id);
    return did;
  }

  /** Replaces a DID; its number cannot change. */
  putDid(did: Did): Did {
    return this.didTable.put(did);
  }

  /** Removes the DID together with its routing record. */
  removeDid(did: Did): void {
    this.removeRoutingOf(did.id);
    this.didTable.remove(did.id);
    this.didIdByNumber.delete(did.number);
  }

  routing(id: number): Routing | undefined {
    return this.routingTable.get(id);
  }

  routingOf(didId: number): Routing | undefined {
    const id = this.routingIdByDid.get(didId);
    return id === undefined ? undefined : this.routingTable.get(id);
  }

  /** One per DID: throws when the DID has one, so that no code of the simulator can add a second. */
  addRouting(fields: Omit<Routing, 'id'>, id?: number): Routing {
    if (this.routingIdByDid.has(fields.didId))
      throw new Error(`DID ${String(fields.didId)} already has a routing record`);
    const routing = this.routingTable.add(fields, id);
    this.routingIdByDid.set(routing.didId, routing.id);
    return routing;
  }

  putRouting(routing: Routing): Routing {
    return this.routingTable.put(routing);
  }

  removeRoutingOf(didId: number): void {
    const id = this.routingIdByDid.get(didId);
    if (id === undefined) return;
    this.routingTable.remove(id);
    this.routingIdByDid.delete(didId);
  }

  didsOf(clientId: number): Did[] {
    return this.dids.filter((did) => did.clientId === clientId);
  }

  botsOf(clientId: number): Bot[] {
    return this.bots.rows.filter((bot) => bot.clientId === clientId);
  }

  /** Username is unique, compared without case and outer spaces (VoiceLink upstream notes §5.1). */
  clientByUsername(username: string): Client | undefined {
    const wanted = username.trim().toLowerCase();
    return this.clients.rows.find((client) => client.username.trim().toLowerCase() === wanted);
  }

  dump(): WorldDump {
    return {
      clients: this.clients.dump(),
      bots: this.bots.dump(),
      trunks: this.trunks.dump(),
      dids: this.didTable.dump(),
      routings: this.routingTable.dump(),
      channelPool: this.channelPool,
      leads: this.leads,
    };
  }

  static restore(dump: WorldDump): World {
    const world = new World();
    world.clients.restore(dump.clients);
    world.bots.restore(dump.bots);
    world.trunks.restore(dump.trunks);
    world.didTable.restore(dump.dids);
    world.routingTable.restore(dump.routings);
    for (const { id, number } of world.dids) world.didIdByNumber.set(number, id);
    for (const { id, didId } of world.routings) world.routingIdByDid.set(didId, id);
    world.channelPool = dump.channelPool;
    world.leads = dump.leads;
    return world;
  }
}
