import type { BindingSpec, DidKey, ReadinessState, Release, Restraint } from '@dialtone/domain';
import { steeringEntry, type EngineDeps, type Outcome, type StallReason } from '@dialtone/engine';
import { withCalls, type EngineFixture } from '@dialtone/testing';

/** How a number came to be as it is. */
export interface Scenario {
  /** A sentence, the first line of the page. */
  readonly title: string;
  readonly dryRun?: true;
  /** What keeps Dialtone from writing, beside a hold. */
  readonly standing?: readonly Restraint[];
  /** Lives through it, and says which number it is about. */
  readonly live: (fixture: EngineFixture) => Promise<DidKey>;
}

const NUMBER = '918011223344';
const MINUTE = 60_000;

type Engine = ReturnType<EngineFixture['engine']>;

/** A declared number that Dialtone has brought to READY. */
const ready = async (fixture: EngineFixture, engine: Engine, spec: Partial<BindingSpec> = {}) => {
  const client = fixture.remote.addClient();
  const did = fixture.did(NUMBER, { clientId: client.id });
  await fixture.declare(did.key, spec);
  await fixture.run(engine, MINUTE);
  return { ...did, clientId: client.id, botId: [...fixture.remote.bots.keys()][0] ?? 0 };
};

/** Something changes elsewhere, and sweeps see it while Dialtone may do nothing about it. */
const seenWhileObserving =
  (change: (fixture: EngineFixture, number: Awaited<ReturnType<typeof ready>>) => unknown) =>
  async (fixture: EngineFixture): Promise<DidKey> => {
    const engine = fixture.engine();
    const number = await ready(fixture, engine);
    await fixture.declare(number.key, { mode: 'observe' });
    await fixture.run(engine, MINUTE);
    await change(fixture, number);
    await fixture.run(engine, 8 * MINUTE);
    return number.key;
  };

export const STATES: Readonly<Record<ReadinessState, Scenario>> = {
  READY: {
    title: 'A number was declared, and Dialtone made its bot and its routing.',
    live: async (fixture) => (await ready(fixture, fixture.engine())).key,
  },
  REMOTE_DID_DELETED: {
    title: 'A number was READY until it was removed in VoiceLink.',
    live: seenWhileObserving((fixture, { didId }) => {
      fixture.did('918099999999');
      fixture.remote.deleteDid(didId);
    }),
  },
  REMOTE_DID_EXPIRED: {
    title: 'A number was READY until it ran out in VoiceLink.',
    live: seenWhileObserving((fixture, { didId }) => {
      fixture.remote.editDid(didId, { expired: true });
    }),
  },
  NOT_IMPORTED: {
    title: 'A number is in VoiceLink, was declared to be observed only, and was never imported.',
    live: async (fixture) => {
      const client = fixture.remote.addClient();
      const did = fixture.did(NUMBER, { clientId: client.id });
      await fixture.declare(did.key, { mode: 'observe' });
      await fixture.run(fixture.engine(), MINUTE);
      return did.key;
    },
  },
  NO_CLIENT_MAPPING: {
    title: 'A number was READY until a human took it from its client in the panel of VoiceLink.',
    live: seenWhileObserving((fixture, { didId }) => {
      fixture.remote.editDid(didId, { clientId: null });
    }),
  },
  NO_BOT: {
    title: 'A number was READY until a human switched its bot off.',
    live: seenWhileObserving((fixture, { botId }) => {
      fixture.remote.editBot(botId, { active: false });
    }),
  },
  ROUTING_MISSING: {
    title: 'A number was READY until a human removed its routing.',
    live: seenWhileObserving((fixture, { didId }) => {
      fixture.remote.deleteRouting(didId);
    }),
  },
  ROUTING_CHANGED: {
    title: 'A number was READY until a human routed its calls elsewhere.',
    live: seenWhileObserving((fixture, { didId }) => {
      fixture.remote.editRouting(didId, { forOutboundCall: 4, outboundBotId: null });
    }),
  },
  NO_VOCOBASE_AGENT: {
    title: 'A number was READY until its declaration named another agent, which observing does not assign.',
    live: async (fixture) => {
      const engine = fixture.engine();
      const { key } = await ready(fixture, engine);
      const agentId = await fixture.world.agent(fixture.partnerId, 'Support Agent');
      await fixture.declare(key, { agentId, mode: 'observe' });
      await fixture.run(engine, MINUTE);
      return key;
    },
  },
  REMOTE_DID_NEVER_SEEN: {
    title: 'A number was declared that VoiceLink does not have.',
    live: async (fixture) => {
      const { key } = fixture.did(NUMBER);
      fixture.did('918099999999');
      fixture.remote.deleteDid([...fixture.remote.dids.keys()][0] ?? 0);
      await fixture.declare(key);
      await fixture.run(fixture.engine(), MINUTE);
      return key;
    },
  },
  UNKNOWN: {
    title: 'A number was declared while VoiceLink answers nothing.',
    live: async (fixture) => {
      const { key } = fixture.did(NUMBER);
      for (const on of ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const)
        fixture.upstream.inject({ on, kind: 'fail', times: Infinity });
      await fixture.declare(key);
      await fixture.run(fixture.engine(), MINUTE);
      return key;
    },
  },
};

const declared =
  (
    spec: Partial<BindingSpec>,
    prepare: (fixture: EngineFixture) => Parameters<EngineFixture['did']>[1] = () => ({}),
    settings: Parameters<EngineFixture['engine']>[0] = {},
  ) =>
  async (fixture: EngineFixture): Promise<DidKey> => {
    const { key } = fixture.did(NUMBER, prepare(fixture));
    await fixture.declare(key, spec);
    await fixture.run(fixture.engine(settings), MINUTE);
    return key;
  };

const mapped = (fixture: EngineFixture): { readonly clientId: number } => ({ clientId: fixture.remote.addClient().id });

const declaredWithRouting = async (fixture: EngineFixture): Promise<DidKey> => {
  const { key, didId } = fixture.did(NUMBER, mapped(fixture));
  fixture.remote.addRouting(didId);
  await fixture.declare(key, { mode: 'create-only' });
  await fixture.run(fixture.engine(), MINUTE);
  return key;
};

const START = Date.UTC(2026, 0, 15, 12);

/** Something keeps Dialtone from writing about the whole connection. */
const restrained = (title: string, restraint: Restraint): Scenario => ({
  title,
  standing: [restraint],
  live: async (fixture) => {
    const { partnerId, connectionId } = fixture;
    if (restraint.reason === 'paused') {
      const after = { reason: restraint.why, until: restraint.until };
      const change = { of: 'pause', place: { partnerId, connectionId, key: null }, before: null, after } as const;
      fixture.world.history.keep([steeringEntry(change, { actor: 'partner', manager: null, requestId: 'req-5' })]);
    }
    const connections = withCalls<EngineDeps['connections']>(fixture.world.voiceLinkConnections, {
      steering: () =>
        Promise.resolve({
          now: fixture.clock.now(),
          modes: { partner: 'enforce', connection: 'enforce' },
          standing: [restraint],
        }),
    });
    return declared({}, mapped, { connections })(fixture);
  },
});

/** As a reconcile of another release may have ended. */
const ended =
  (outcome: Outcome) =>
  async (fixture: EngineFixture): Promise<DidKey> => {
    const { key } = fixture.did(NUMBER, mapped(fixture));
    await fixture.declare(key);
    const [claimed] = await fixture.engine().claim(1);
    if (claimed !== undefined) await fixture.world.bindingQueue.complete(claimed, outcome, 9 * MINUTE);
    return key;
  };

export const STALLS: Readonly<Record<StallReason, Scenario>> = {
  DID_NOT_FOUND: {
    title: 'A declared number is removed in VoiceLink: Dialtone cannot get it back.',
    live: async (fixture) => {
      const engine = fixture.engine();
      const { key, didId } = await ready(fixture, engine);
      fixture.did('918099999999');
      fixture.remote.deleteDid(didId);
      await fixture.run(engine, 10 * MINUTE);
      return key;
    },
  },
  DID_EXPIRED: {
    title: 'A number is declared that has run out in VoiceLink.',
    live: declared({}, (fixture) => ({ ...mapped(fixture), expired: true })),
  },
  CLIENT_REQUIRED: {
    title: 'A number is declared without a client, and belongs to none in VoiceLink.',
    live: declared({}),
  },
  CLIENT_MISMATCH: {
    title: 'A number is declared for a client, and belongs to another one in VoiceLink.',
    live: declared({ clientId: 1001 }, (fixture) => {
      fixture.remote.addClient();
      return mapped(fixture);
    }),
  },
  MODE_OBSERVE: { title: 'A number is declared to be observed only.', live: declared({ mode: 'observe' }, mapped) },
  WRITES_HELD: {
    title: 'A guard holds the writes of the connection, because too much broke at once.',
    live: async (fixture) => {
      const engine = fixture.engine({ settings: { guard: { minimum: 1, percent: 1 } } });
      const { key, clientId } = await ready(fixture, engine);
      for (const more of ['918011223355', '918011223366']) await fixture.declare(fixture.did(more, { clientId }).key);
      await fixture.run(engine, MINUTE);
      for (const { didId } of fixture.remote.dids.values())
        fixture.remote.editRouting(didId, { forOutboundCall: 4, outboundBotId: null });
      await fixture.run(engine, 10 * MINUTE);
      return key;
    },
  },
  DRY_RUN: {
    title: 'A number is declared in a deployment that writes nothing.',
    dryRun: true,
    live: declared({}, mapped, { settings: { dryRun: true } }),
  },
  REFUSED_BY_VOICELINK: {
    title: 'VoiceLink refuses the bot of a declared number, again and again.',
    live: async (fixture) => {
      fixture.upstream.inject({ on: 'bots.create', kind: 'refuse', times: Infinity });
      return declared({}, mapped)(fixture);
    },
  },
  CONTESTED: {
    title: 'Something sets the routing of a number back after each repair.',
    live: async (fixture) => {
      const engine = fixture.engine({ settings: { contest: { repairs: 2, windowMs: 60 * MINUTE } } });
      const { key, didId } = await ready(fixture, engine);
      for (let nth = 0; nth < 3; nth += 1) {
        fixture.remote.editRouting(didId, { forOutboundCall: 4, outboundBotId: null });
        await fixture.run(engine, 2 * MINUTE);
      }
      return key;
    },
  },
  NOT_CONVERGING: {
    title: 'VoiceLink accepts a change of the routing again and again, and its list never shows it.',
    live: async (fixture) => {
      const settings = { contest: { repairs: 2, windowMs: 60 * MINUTE } };
      const { key, didId } = await ready(fixture, fixture.engine({ settings }));
      const deaf = { updateRouting: () => Promise.resolve({ kind: 'accepted' as const, id: 1 }) };
      fixture.remote.editRouting(didId, { forOutboundCall: 4, outboundBotId: null });
      await fixture.run(fixture.engine({ settings, account: withCalls(fixture.upstream, deaf) }), 5 * MINUTE);
      return key;
    },
  },
  NOT_POSSIBLE: {
    title: 'The declared agent is deleted before it could be assigned.',
    live: async (fixture) => {
      const { key } = fixture.did(NUMBER, mapped(fixture));
      const agentId = await fixture.world.agent(fixture.partnerId, 'Short-lived');
      await fixture.world.deleteAgent(agentId);
      await fixture.declare(key, { agentId });
      await fixture.run(fixture.engine(), MINUTE);
      return key;
    },
  },
  CONNECTION_NOT_CALLABLE: {
    title: 'The connection of a declared number has a base URL that this deployment may not call.',
    live: declared({}, mapped, { accounts: { open: () => Promise.resolve(null) } }),
  },
  DISCONNECTED: {
    title: 'The connection of a declared number is disconnected while it is worked on.',
    live: async (fixture) => {
      const { key } = fixture.did(NUMBER, mapped(fixture));
      await fixture.declare(key);
      const engine = fixture.engine();
      const [claimed] = await engine.claim(1);
      await fixture.world.disconnect(fixture.connectionId);
      if (claimed !== undefined) await fixture.drive(engine.reconcile(claimed));
      return key;
    },
  },
  MODE_CREATE_ONLY: {
    title: 'A number is declared create-only, and its routing exists and leads elsewhere.',
    live: declaredWithRouting,
  },
  PAUSED: restrained('Repairs of the connection are paused without an end.', {
    ...{ reason: 'paused', why: 'The carrier is being changed', since: START, until: null },
  }),
  WINDOW_CLOSED: restrained('Repairs of the connection wait for a maintenance window that never opens.', {
    ...{ reason: 'window_closed', why: 'the maintenance window never opens', since: START, until: null },
  }),
  AGENT_NOT_GIVEN: {
    title: 'A number stands without an agent, which a declaration always names.',
    live: ended({ kind: 'stalled', issues: [], message: 'No agent was given', reason: 'AGENT_NOT_GIVEN' }),
  },
  OTHER: {
    title: 'A release before this one has stored a stall with a message only.',
    live: ended({ kind: 'stalled', issues: [], message: 'Set the client of the number in VoiceLink' }),
  },
};

/** What Dialtone waits for by itself. */
export const WAITS: Readonly<Record<string, Scenario>> = {
  no_answer: {
    title: 'VoiceLink does not answer to the creation of a bot, so it is not known whether there is one.',
    live: async (fixture) => {
      fixture.upstream.inject({ on: 'bots.create', kind: 'timeout_before', times: 1 });
      const { key } = fixture.did(NUMBER, mapped(fixture));
      await fixture.declare(key);
      await fixture.reconcile(fixture.engine());
      return key;
    },
  },
  lists_vanished: {
    title:
      'All routing records vanish from the list at once, which is not believed before a person says that it is true.',
    live: async (fixture) => {
      const engine = fixture.engine();
      const { key, clientId } = await ready(fixture, engine);
      await fixture.declare(fixture.did('918011223355', { clientId }).key);
      await fixture.run(engine, MINUTE);
      for (const { didId } of fixture.remote.dids.values()) fixture.remote.deleteRouting(didId);
      await fixture.run(engine, 10 * MINUTE);
      return key;
    },
  },
  paused: restrained('Repairs of the connection are paused for half an hour.', {
    ...{ reason: 'paused', why: 'The carrier is being changed', since: START, until: START + 30 * MINUTE },
  }),
  window_closed: restrained('Repairs of the connection wait for their maintenance window.', {
    ...{
      reason: 'window_closed',
      why: 'the maintenance window opens at 22:00',
      since: START,
      until: START + 600 * MINUTE,
    },
  }),
  flapping: {
    title: 'The bot of a number that is only observed is switched off and on again, and again.',
    live: async (fixture) => {
      const engine = fixture.engine({ settings: { flapping: { returns: 3, windowMs: 30 * MINUTE } } });
      const { key, botId } = await ready(fixture, engine);
      await fixture.declare(key, { mode: 'observe' });
      for (const active of [false, true, false, true]) {
        fixture.remote.editBot(botId, { active });
        await fixture.run(engine, 2 * MINUTE);
      }
      return key;
    },
  },
  repaired: {
    title: 'A human routed the calls of a READY number elsewhere, and Dialtone repaired it.',
    live: async (fixture) => {
      const engine = fixture.engine();
      const { key, didId } = await ready(fixture, engine);
      fixture.remote.editRouting(didId, { forOutboundCall: 4, outboundBotId: null });
      await fixture.run(engine, 2 * MINUTE);
      return key;
    },
  },
};

/** A number that was READY, withdrawn with a release. */
const released =
  (release: Release, prepare: (fixture: EngineFixture, key: DidKey) => unknown) =>
  async (fixture: EngineFixture): Promise<DidKey> => {
    const engine = fixture.engine();
    const { key } = await ready(fixture, engine);
    await prepare(fixture, key);
    await fixture.run(engine, MINUTE);
    await fixture.world.withdraw(fixture.connectionId, key, release);
    await fixture.reconcile(engine);
    return key;
  };

/** A withdrawal whose release is not done yet. */
export const RELEASES: Readonly<Record<string, Scenario>> = {
  pending: {
    title: 'A READY number was withdrawn a moment ago, and its outbound calls are to be switched off.',
    live: async (fixture) => {
      const { key } = await ready(fixture, fixture.engine());
      await fixture.world.withdraw(fixture.connectionId, key, 'outbound_off');
      return key;
    },
  },
  no_answer: {
    title: 'A READY number was withdrawn, and VoiceLink does not say where its outbound calls go.',
    live: released('outbound_off', (fixture) => {
      fixture.upstream.inject({ on: 'routing', kind: 'fail', times: Infinity });
    }),
  },
  mode_observe: {
    title: 'A number that is only observed was withdrawn, and its agent is to be taken from it.',
    live: released('unassign_agent', (fixture, key) => fixture.declare(key, { mode: 'observe' })),
  },
  writes_held: {
    title: 'A READY number was withdrawn while a guard holds the writes of its connection.',
    live: released('outbound_off', ({ world, connectionId }) =>
      world.voiceLinkConnections.holdWrites(connectionId, '3 of 3 numbers broke within one sweep'),
    ),
  },
};
