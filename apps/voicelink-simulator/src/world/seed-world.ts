import { Prng } from './prng';
import { BOT, MOBILE, ONLY_ANSWER, SIP, type Bit, type Bot, type Client, type Routing, type Trunk } from './records';
import { World } from './world';

/** The initial situation of a seeded DID. A caller can bring `fresh` ones to READY from the beginning. */
export type Situation =
  | 'fresh'
  | 'ready'
  | 'ready_both_ways'
  | 'no_bot'
  | 'no_routing'
  | 'only_answer'
  | 'to_trunk'
  | 'to_inactive_bot'
  | 'to_foreign_bot'
  | 'expired_free'
  | 'expired_mapped';

/** Share of each situation, rounded down; the rest (at least 61 %) is `fresh`: live, unmapped, without routing. */
export const MIX: readonly (readonly [Situation, number])[] = [
  ['ready', 0.12],
  ['ready_both_ways', 0.03],
  ['no_bot', 0.04],
  ['no_routing', 0.06],
  ['only_answer', 0.03],
  ['to_trunk', 0.02],
  ['to_inactive_bot', 0.03],
  ['to_foreign_bot', 0.01],
  ['expired_free', 0.03],
  ['expired_mapped', 0.02],
];

const SPARE_CHANNELS = 200;
const FIRST_NAMES = ['Nila', 'Arun', 'Meera', 'Kabir', 'Divya', 'Rohan', 'Isha', 'Vikram', 'Tara', 'Sanjay'] as const;
const LAST_NAMES = [
  'Traders',
  'Logistics',
  'Clinics',
  'Motors',
  'Estates',
  'Foods',
  'Textiles',
  'Academy',
  'Travels',
] as const;
const BOT_NAMES = ['prod-main', 'sales line', ' Support ', 'Reminders', 'qa-bot'] as const;

/** Clients with active bots, without a bot, and with only a deactivated one. */
interface Cast {
  readonly staffed: Member[];
  readonly bare: Member[];
  readonly dormant: Member[];
}

interface Member {
  readonly clientId: number;
  /** Its first bot and its trunk, for the routing records of its DIDs. */
  readonly botId: number | null;
  readonly trunkId: number | null;
}

/** Same arguments, same world. `dids` is the number of purchased DIDs; there is a client for every 25 of them (6 to 2,000). */
export const seedWorld = (seed: number, dids: number): World => {
  const world = new World();
  const random = new Prng(seed);
  const cast = seedClients(world, random, Math.min(2000, Math.max(6, Math.ceil(dids / 25))));
  const numbers = numberSource(random);
  for (const situation of situations(dids, random)) {
    seedDid(world, random, { situation, number: numbers(), owner: owner(situation, cast, random) });
  }
  world.channelPool = world.channelsUsed + SPARE_CHANNELS;
  return world;
};

const situations = (dids: number, random: Prng): Situation[] => {
  const list = MIX.flatMap(([situation, share]) => Array.from({ length: Math.floor(dids * share) }, () => situation));
  const rest = Array.from({ length: dids - list.length }, (): Situation => 'fresh');
  const all = [...list, ...rest];
  random.shuffle(all);
  return all;
};

/** Distinct 12-digit numbers; every tenth national part begins with 91, which a careless parser takes for the country code. */
const numberSource = (random: Prng): (() => string) => {
  let subscriber = 1_000_000 + random.int(9_000_000);
  let made = 0;
  return () => {
    subscriber += 1 + random.int(37);
    made += 1;
    return `91${made % 10 === 0 ? '91' : '80'}${String(subscriber).padStart(8, '0')}`;
  };
};

const seedClients = (world: World, random: Prng, count: number): Cast => {
  const cast: Cast = { staffed: [], bare: [], dormant: [] };
  const kinds = ['staffed', 'bare', 'staffed', 'bare', 'staffed', 'dormant'] as const;
  for (let i = 0; i < count; i += 1) {
    const kind = kinds[i % kinds.length] ?? 'bare';
    const client = seedClient(world, random);
    const botId = kind === 'bare' ? null : seedBot(world, random, { client, status: kind === 'staffed' ? 1 : 0 }).id;
    const trunkId = kind === 'staffed' ? seedTrunk(world, random, client).id : null;
    cast[kind].push({ clientId: client.id, botId, trunkId });
    if (kind === 'staffed' && random.int(4) === 0) seedBot(world, random, { client, status: 0 });
  }
  return cast;
};

const seedClient = (world: World, random: Prng): Client => {
  const firstName = random.pick(FIRST_NAMES);
  const lastName = random.pick(LAST_NAMES);
  const serial = 701 + world.clients.rows.length;
  return world.clients.add({
    firstName,
    lastName,
    username: `${firstName}.${String(serial)}`.toLowerCase(),
    // Addresses repeat across clients: they are never a key.
    email: `ops@${lastName.toLowerCase()}.example`,
    phone: random.int(3) === 0 ? null : `+9198${String(10_000_000 + random.int(89_999_999))}`,
    channelCount: 1 + random.int(5),
    isActive: 1,
    walletBalance: `${String(random.int(5000))}.00`,
  });
};

const seedBot = (world: World, random: Prng, of: { readonly client: Client; readonly status: Bit }): Bot =>
  world.bots.add({
    name: random.pick(BOT_NAMES),
    websocketUrl: `wss://voice.example/ws/${String(of.client.id)}`,
    webhookUrl: random.int(2) === 0 ? null : 'https://voice.example/events',
    audioFormat: random.pick(['alaw', 'l16_16k']),
    noiseCancel: random.int(2) as Bit,
    status: of.status,
    clientId: of.client.id,
    misreported: false,
  });

const seedTrunk = (world: World, random: Prng, client: Client): Trunk =>
  world.trunks.add({
    name: `bridge-${String(client.id)}`,
    status: 1,
    clientId: client.id,
    host: `sip-${String(client.id)}.example.net`,
    port: 5060 + random.int(20_000),
    username: `trunk_${String(client.id)}`,
    password: `not-a-secret-${String(random.int(1_000_000))}`,
  });

const owner = (situation: Situation, cast: Cast, random: Prng): Member | null => {
  if (situation === 'fresh' || situation === 'expired_free') return null;
  if (situation === 'no_bot') return random.pick(cast.bare);
  return random.pick(situation === 'to_inactive_bot' ? cast.dormant : cast.staffed);
};

interface DidPlan {
  readonly situation: Situation;
  readonly number: string;
  readonly owner: Member | null;
}

const seedDid = (world: World, random: Prng, plan: DidPlan): void => {
  const expired = plan.situation === 'expired_free' || plan.situation === 'expired_mapped';
  const did = world.addDid({
    number: plan.number,
    countryCode: '91',
    typeLabel: plan.number.startsWith('9191') ? 'Mobile' : 'Landline',
    clientId: plan.owner?.clientId ?? null,
    userStatus: expired ? 3 : plan.owner === null ? 1 : 2,
    userExpiryDate: null,
    callRecording: 0,
    description: null,
    clientAutoRenew: 0,
    // Fixed years, far from the present on either side, so that the data depends on the seed alone.
    expiryDate: `${String(expired ? 2024 : 2040 + random.int(5))}-${pad(1 + random.int(12))}-${pad(1 + random.int(28))}`,
    isExpired: expired,
  });
  const halves = plan.owner === null ? null : routingFor(world, plan.owner, plan.situation);
  if (halves !== null) world.addRouting({ didId: did.id, status: 1, ...halves });
};

const pad = (n: number): string => String(n).padStart(2, '0');

type Halves = Omit<Routing, 'id' | 'didId' | 'status'>;

const routingFor = (world: World, owner: Member, situation: Situation): Halves | null => {
  const base: Halves = {
    forInboundCall: MOBILE,
    inboundBotId: null,
    inboundTrunkId: null,
    forOutboundCall: BOT,
    outboundBotId: owner.botId,
    outboundTrunkId: null,
  };
  const toTrunk: Halves = { ...base, forOutboundCall: SIP, outboundBotId: null, outboundTrunkId: owner.trunkId };
  const foreign = world.bots.rows.find((bot) => bot.clientId !== owner.clientId)?.id ?? null;
  const bySituation: Record<Situation, Halves | null> = {
    fresh: null,
    no_bot: null,
    no_routing: null,
    expired_free: null,
    ready: base,
    expired_mapped: base,
    ready_both_ways: { ...base, forInboundCall: BOT, inboundBotId: owner.botId },
    only_answer: {
      ...base,
      forInboundCall: SIP,
      inboundTrunkId: owner.trunkId,
      forOutboundCall: ONLY_ANSWER,
      outboundBotId: null,
    },
    to_trunk: toTrunk,
    to_inactive_bot: base,
    to_foreign_bot: { ...base, outboundBotId: foreign },
  };
  return bySituation[situation];
};
