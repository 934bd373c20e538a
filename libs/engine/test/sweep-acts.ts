import type { DidKey, Section } from '@dialtone/domain';
import type { EngineFixture, OddRow } from '@dialtone/testing';

/** What may be changed between two sweeps. */
export interface ActWorld {
  readonly fixture: EngineFixture;
  readonly clients: readonly number[];
  readonly keys: DidKey[];
}

const HOUR = 3_600_000;

/** Something that changes VoiceLink, the store or the time, or strikes the next sweep; the same in both worlds. */
export type Act = (world: ActWorld) => Promise<void> | void;

const didOf = ({ fixture, keys }: ActWorld, at: number): number => {
  const key = keys[at % keys.length];
  return [...fixture.remote.dids.values()].find(({ number }) => number === key)?.didId ?? 0;
};
const keyOf = ({ keys }: ActWorld, at: number): DidKey => keys[at % keys.length] as DidKey;
const clientOf = ({ clients }: ActWorld, at: number): number => clients[at % clients.length] ?? 0;
const botOf = ({ fixture: { remote } }: ActWorld, at: number): number =>
  [...remote.bots.keys()][at % remote.bots.size] ?? 0;

const ifListed =
  (act: (world: ActWorld, didId: number) => void): ((at: number) => Act) =>
  (at) =>
  (world) => {
    const didId = didOf(world, at);
    if (didId !== 0) act(world, didId);
  };
const ifRouted = (act: (world: ActWorld, didId: number) => void): ((at: number) => Act) =>
  ifListed((world, didId) => {
    if (world.fixture.remote.routings.has(didId)) act(world, didId);
  });
const ifBot =
  (act: (world: ActWorld, botId: number) => void): ((at: number) => Act) =>
  (at) =>
  (world) => {
    if (world.fixture.remote.bots.size > 0) act(world, botOf(world, at));
  };

export const REMOTE: Readonly<Record<string, (at: number) => Act>> = {
  map: (at) =>
    ifListed(({ fixture, clients }, didId) => {
      fixture.remote.editDid(didId, { clientId: clients[at % 4] ?? null });
    })(at),
  unmap: ifListed(({ fixture }, didId) => {
    fixture.remote.editDid(didId, { clientId: null });
  }),
  'expire by mark': ifListed(({ fixture }, didId) => {
    fixture.remote.editDid(didId, { expired: true });
  }),
  'delete did': ifListed(({ fixture }, didId) => {
    fixture.remote.deleteDid(didId);
  }),
  'new did': (at) => (world) => {
    const number = `91811${String(at).padStart(7, '0')}`;
    if (!world.keys.includes(number as DidKey))
      world.keys.push(world.fixture.did(number, { clientId: clientOf(world, at) }).key);
  },
  'disable routing': ifRouted(({ fixture }, didId) => {
    fixture.remote.editRouting(didId, { active: false });
  }),
  'delete routing': ifRouted(({ fixture }, didId) => {
    fixture.remote.deleteRouting(didId);
  }),
  'new routing': ifListed(({ fixture }, didId) => {
    if (!fixture.remote.routings.has(didId)) fixture.remote.addRouting(didId);
  }),
  'route to a bot': (at) =>
    ifRouted((world, didId) => {
      if (world.fixture.remote.bots.size > 0)
        world.fixture.remote.editRouting(didId, { outboundBotId: botOf(world, at), forOutboundCall: 3, active: true });
    })(at),
  'disable bot': ifBot(({ fixture }, botId) => {
    fixture.remote.editBot(botId, { active: false });
  }),
  'enable bot': ifBot(({ fixture }, botId) => {
    fixture.remote.editBot(botId, { active: true });
  }),
  'delete bot': ifBot(({ fixture }, botId) => {
    fixture.remote.deleteBot(botId);
  }),
  'move bot': (at) =>
    ifBot((world, botId) => {
      world.fixture.remote.editBot(botId, { clientId: clientOf(world, at + 1) });
    })(at),
  'new bot': (at) => (world) => {
    world.fixture.remote.addBot(clientOf(world, at));
  },
};

export const STORED: Readonly<Record<string, (at: number) => Act>> = {
  declare: (at) => async (world) => {
    const clientId = at % 2 === 0 ? clientOf(world, at) : null;
    await world.fixture.declare(keyOf(world, at), { clientId, mode: 'observe' });
  },
  undeclare: (at) => (world) => world.fixture.world.undeclare(world.fixture.connectionId, keyOf(world, at)),
  import: (at) => async (world) => {
    const { partnerId, connectionId } = world.fixture;
    const key = keyOf(world, at);
    await world.fixture.world.phoneNumbers.import({ partnerId, connectionId, key, friendlyName: 'x' });
  },
  assign: (at) => async (world) => {
    const { partnerId, connectionId, agentId } = world.fixture;
    await world.fixture.world.phoneNumbers.assignAgent({ partnerId, connectionId, key: keyOf(world, at), agentId });
  },
  'delete agent': (at) => (world) => (at === 0 ? world.fixture.world.deleteAgent(world.fixture.agentId) : undefined),
  'mark misreported': (at) => async (world) => {
    if (world.fixture.remote.bots.size === 0) return;
    await world.fixture.world.voiceLinkConnections.markMisreportedBot(world.fixture.connectionId, botOf(world, at));
  },
};

export const TIME: Readonly<Record<string, (at: number) => Act>> = {
  'let time pass': (at) => (world) => world.fixture.clock.advance((at % 30) * HOUR),
};

const SECTION_OF = ['dids', 'bots', 'routing', 'clients', 'available_dids'] as const satisfies readonly Section[];
export const FAULTS: Readonly<Record<string, (at: number) => Act>> = {
  fail:
    (at) =>
    ({ fixture }) => {
      fixture.upstream.inject({ on: SECTION_OF[at % 5] ?? 'dids', kind: 'fail' });
    },
  truncate:
    (at) =>
    ({ fixture }) => {
      fixture.upstream.inject({ on: SECTION_OF[at % 5] ?? 'dids', kind: 'truncate' });
    },
  spoil: (at) => (world) => {
    world.fixture.upstream.odd.set(SECTION_OF[at % 3] ?? 'dids', [oddRow(world, at)]);
  },
  mend:
    (at) =>
    ({ fixture }) => {
      fixture.upstream.odd.set(SECTION_OF[at % 3] ?? 'dids', []);
    },
};

/** A listed row that cannot be read, or one of which less can be told. */
const oddRow = (world: ActWorld, at: number): OddRow => {
  const didId = didOf(world, at);
  const section = SECTION_OF[at % 3];
  const id = section === 'dids' ? didId : (world.fixture.remote.routings.get(didId)?.id ?? 0);
  const kinds: readonly OddRow[] = [
    { insteadOf: id, identity: id },
    { insteadOf: id, key: keyOf(world, at), clientId: clientOf(world, at) },
    { identity: 1_000_000 + (at % 4) },
    {},
  ];
  return kinds[Math.floor(at / 3) % kinds.length] ?? {};
};
