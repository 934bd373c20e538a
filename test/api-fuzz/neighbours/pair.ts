import type { RunningSimulator } from '../../../apps/voicelink-simulator/src/start-simulator';
import type { GatewayOnSimulator } from '../../api-gateway/gateway-on-simulator';
import { addTenant, type Tenant } from '../../api-gateway/tenants/tenants';
import { KnownValues } from '../known-values';
import { recordsOf } from '../starting-values';

/** Numbers of the watched partner's account that the busy one names, too; it never hears of the others. */
const TOLD_NUMBERS = 6;

/** Whether the busy partner has a VoiceLink account of its own, or the login of the watched one's. */
export type Account = 'own' | 'shared';

/** Two partners. */
export interface Pair {
  /** Is asked the same again and again. */
  readonly watched: Tenant;
  readonly watchedValues: KnownValues;
  /** Sends everything that the document describes. */
  readonly busy: Tenant;
  readonly busyValues: KnownValues;
  /** Numbers of the watched partner that the busy one names, too, in digits. */
  readonly told: readonly string[];
  /** Of the watched partner's VoiceLink account: what the busy partner was not told. */
  readonly untold: readonly string[];
}

interface Place {
  readonly world: GatewayOnSimulator;
  /** The VoiceLink accounts of the two. */
  readonly watchedAccount: RunningSimulator;
  readonly busyAccount: RunningSimulator;
}

const OWN = 6;

type Values = Readonly<Record<string, readonly unknown[]>>;

const idsOf = ({ ids, key }: Tenant): Values => ({
  connection_id: [ids['connection_id'], ids['connection_id (vobiz)']],
  connectionId: [ids['connection_id']],
  agent_id: [ids['agent_id']],
  phone_number_id: [ids['phone-numbers']],
  call_id: [ids['calls']],
  key: [key],
});

const loginOf = ({ url, credentials }: RunningSimulator): Values => ({
  username: [credentials.username],
  password: [credentials.password],
  base_url: [url],
});

/** Its own six of seven times: most requests are to succeed. */
const mixed = (own: Values, other: Values): Values =>
  Object.fromEntries(
    [...new Set([...Object.keys(own), ...Object.keys(other)])].map((name) => {
      const [mine = [], theirs = []] = [own[name], other[name]];
      return [name, [...Array.from({ length: OWN }, () => mine).flat(), ...theirs]];
    }),
  );

/** The records of an account by their texts, without those that the other has as well. */
const textsOf = ({ simulator: { world } }: RunningSimulator): readonly string[] => [
  ...world.clients.rows.flatMap(({ email, username }) => [email, username]),
  ...world.bots.rows.map(({ name }) => name),
  ...world.dids.map(({ number }) => number),
];

const numbersOf = ({ simulator }: RunningSimulator): readonly string[] =>
  simulator.world.dids.map(({ number }) => number);

/** Fresh partners on fresh accounts; those of earlier rounds stay in the database. */
export const newPair = async (
  { world, watchedAccount, busyAccount }: Place,
  { round, account }: { readonly round: number; readonly account: Account },
): Promise<Pair> => {
  watchedAccount.simulator.reset({ seed: 2 * round + 1 });
  busyAccount.simulator.reset({ seed: 2 * round + 2 });
  const itsAccount = account === 'shared' ? watchedAccount : busyAccount;
  const watched = await addTenant(world.stores, watchedAccount, { tag: `Watched-${String(round)}`, routed: 'first' });
  const busy = await addTenant(world.stores, itsAccount, { tag: `Busy-${String(round)}`, routed: 'last' });
  const all = numbersOf(watchedAccount);
  const told = [watched.key, ...all.filter((number) => number !== watched.key).slice(0, TOLD_NUMBERS)];
  const common = new Set([...told, ...textsOf(itsAccount)]);
  const theirs = { ...idsOf(watched), ...recordsOf(watchedAccount.simulator.world, told) };
  const own = {
    ...idsOf(busy),
    ...recordsOf(itsAccount.simulator.world, numbersOf(itsAccount)),
    ...loginOf(itsAccount),
  };
  return {
    watched,
    // Without the login: a second connection to the account would make most of its requests ambiguous.
    watchedValues: new KnownValues(
      mixed(
        { ...idsOf(watched), ...recordsOf(watchedAccount.simulator.world, all) },
        { agent_id: [busy.ids['agent_id']], connection_id: [busy.ids['connection_id']] },
      ),
    ),
    busy,
    busyValues: new KnownValues(mixed(own, theirs)),
    told,
    untold: textsOf(watchedAccount).filter((text) => !common.has(text)),
  };
};
