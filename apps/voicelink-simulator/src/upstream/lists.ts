import { Fields } from '../world/fields';
import { type Did } from '../world/records';
import { type Call } from './call';
import { listing, type Listing } from './listing';
import { availableRow, botRow, clientRow, purchasedRow, routingRow, trunkRow } from './wire';

/** A test per filter that was sent; a filter that is no number is treated as not sent. */
type Filter<T> = (row: T) => boolean;

const filtered = <T>(rows: readonly T[], filters: readonly (Filter<T> | null)[]): readonly T[] => {
  const active = filters.filter((filter) => filter !== null);
  return active.length === 0 ? rows : rows.filter((row) => active.every((filter) => filter(row)));
};

const contains = (text: string | null, wanted: string): boolean => text?.toLowerCase().includes(wanted) ?? false;

/** Bare list (VoiceLink upstream notes §5.1). */
export const clients = ({ simulator, world, query }: Call): Listing => {
  const { behaviour } = simulator;
  const fields = new Fields(query);
  const search = fields.text('search')?.toLowerCase() ?? null;
  const status = fields.int('status');
  const rows = filtered(world.clients.rows, [
    status === null ? null : (client) => client.isActive === status,
    search === null
      ? null
      : ({ username, email, firstName, lastName }) =>
          [username, email, `${firstName} ${lastName}`].some((text) => contains(text, search)),
  ]);
  const nested = new Lazy(() => Map.groupBy(world.dids, (did) => did.clientId));
  const view = (client: (typeof rows)[number]): unknown =>
    clientRow(client, nested.value.get(client.id) ?? [], behaviour);
  return listing(rows, view, 'bare', behaviour.clients_paging === 'honoured');
};

/** Groups all DIDs once per answer, and not at all for an empty one. */
class Lazy<T> {
  private made: T | undefined;
  constructor(private readonly make: () => T) {}
  get value(): T {
    return (this.made ??= this.make());
  }
}

/** Paginator (§6.1). `did_type` has no known values and selects nothing. */
export const purchasedDids = ({ simulator, world, query }: Call): Listing => {
  const { behaviour } = simulator;
  const fields = new Fields(query);
  const search = fields.text('search')?.replace(/\D/g, '') ?? null;
  const clientId = fields.int('client_id');
  const expired = wantsExpired(fields.text('status'));
  const rows = filtered(world.dids, [
    clientId === null ? null : (did: Did) => did.clientId === clientId,
    expired === null ? null : (did: Did) => did.isExpired === expired,
    search === null ? null : (did: Did) => search !== '' && did.number.includes(search),
  ]);
  return listing(rows, (did) => purchasedRow(did, behaviour), 'paginator');
};

/** `status` is a number in one source and a word in another: both are taken. */
const wantsExpired = (status: string | null): boolean | null => {
  const known: Readonly<Record<string, boolean>> = { '0': true, expired: true, '1': false, active: false };
  return status === null ? null : (known[status.toLowerCase()] ?? null);
};

/** Bare list without parameters (§6.2). Expired ones are in it, with `user_status` 3. */
export const availableDids = ({ simulator, world }: Call): Listing => {
  const { behaviour } = simulator;
  const rows = world.dids.filter((did) => did.clientId === null);
  return listing(rows, (did) => availableRow(did, behaviour), 'bare', false);
};

/** Paginator (§7.1). The status filter sees the true status, not the reported one. */
export const bots = ({ simulator, world, query }: Call): Listing => {
  const { behaviour } = simulator;
  const fields = new Fields(query);
  const search = fields.text('search')?.trim().toLowerCase() ?? null;
  const clientId = fields.int('client_id');
  const status = fields.int('status');
  const rows = filtered(world.bots.rows, [
    clientId === null ? null : (bot) => bot.clientId === clientId,
    status === null ? null : (bot) => bot.status === status,
    search === null ? null : (bot) => contains(bot.name, search),
  ]);
  return listing(rows, (bot) => botRow(bot, behaviour), 'paginator');
};

/** Bare list (§8.1); `client_id` goes by the client of the DID. */
export const routings = ({ simulator, world, query }: Call): Listing => {
  const { behaviour } = simulator;
  const clientId = new Fields(query).int('client_id');
  const rows = filtered(world.routings, [
    clientId === null ? null : (routing) => world.did(routing.didId)?.clientId === clientId,
  ]);
  const paged = behaviour.routing_paging === 'honoured';
  return listing(rows, (routing) => routingRow(routing, world.did(routing.didId)), 'bare', paged);
};

/** Paginator (§9.1). */
export const trunks = ({ simulator, world, query }: Call): Listing => {
  const { behaviour } = simulator;
  const clientId = new Fields(query).int('client_id');
  const rows = filtered(world.trunks.rows, [clientId === null ? null : (trunk) => trunk.clientId === clientId]);
  return listing(rows, (trunk) => trunkRow(trunk, behaviour), 'paginator');
};
