import { eventually, explained, startSystem, type DeclaredDid, type ReadEvent, type System } from './harness';

let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { SWEEP_INTERVAL_MS: '500' } });
});
afterAll(() => system.stop());

const driftOf = (key: string): readonly ReadEvent[] => system.events?.drift(key) ?? [];
const callsSince = async (seq: number): Promise<string[]> =>
  (await system.simulator.journal(seq)).map(({ endpoint, effect }) => `${endpoint}${effect ? '' : ' without effect'}`);

/** Waits for a drift that opened after `from` events and has been resolved. */
const resolvedDrift = (key: string, from: number): Promise<readonly ReadEvent[]> =>
  eventually(() => {
    const events = driftOf(key).slice(from);
    expect(events.at(-1)?.type).toBe('dialtone.drift.resolved.v1');
    return events;
  });

interface Meddling {
  readonly what: string;
  readonly meddle: (did: DeclaredDid) => Promise<unknown>;
  /** Issues of the drift. */
  readonly issues: readonly string[];
  /** The writes to VoiceLink that repair it, in order. */
  readonly calls: readonly string[];
}

const breakTo = (to: 'only_answer' | 'sip' | 'other_bot' | 'no_bot' | 'disabled'): Meddling => ({
  what: `lets its outbound routing go to ${to}`,
  meddle: ({ key }) => system.simulator.breakRouting(key, to),
  issues: ['ROUTING_CHANGED'],
  calls: ['routing.update'],
});

const MEDDLINGS: readonly Meddling[] = [
  breakTo('only_answer'),
  breakTo('sip'),
  breakTo('other_bot'),
  breakTo('no_bot'),
  breakTo('disabled'),
  {
    what: 'takes it from its client',
    meddle: ({ key }) => system.simulator.meddle(key, 'unmap'),
    issues: ['NO_CLIENT_MAPPING', 'NO_BOT', 'ROUTING_CHANGED'],
    calls: ['dids.map'],
  },
  {
    what: 'deletes its routing',
    meddle: ({ key }) => system.simulator.meddle(key, 'delete-routing'),
    issues: ['ROUTING_MISSING'],
    calls: ['routing.create'],
  },
  {
    what: 'deactivates its bot',
    meddle: ({ key }) => system.simulator.meddle(key, 'deactivate-bot'),
    issues: ['NO_BOT', 'ROUTING_CHANGED'],
    calls: ['bots.update'],
  },
  {
    what: 'takes the agent from its local row',
    meddle: ({ key }) => system.query('update phone_numbers set agent_id = null where key = $1', [key]),
    issues: ['NO_VOCOBASE_AGENT'],
    calls: [],
  },
  {
    what: 'removes its local row',
    meddle: ({ key }) => system.query('delete from phone_numbers where key = $1', [key]),
    issues: ['NOT_IMPORTED', 'NO_VOCOBASE_AGENT'],
    calls: [],
  },
];

describe('a READY DID', () => {
  it.each(MEDDLINGS)('is repaired when somebody $what', ({ meddle, issues, calls }) =>
    explained(async () => {
      const did = await system.readyDid();
      const bots = await system.simulator.bots(did.clientId);
      await system.delivered();
      const [journalled, earlier] = [await system.simulator.now(), driftOf(did.key).length];
      await meddle(did);
      const events = await resolvedDrift(did.key, earlier);
      expect(events.map(({ type }) => type)).toEqual(['dialtone.drift.detected.v1', 'dialtone.drift.resolved.v1']);
      expect(events[0]?.data.issues).toEqual(issues);
      expect(events[1]?.data['drift_id']).toBe(events[0]?.data['drift_id']);
      await system.allReady([did.key]);
      expect(await callsSince(journalled)).toEqual(calls);
      expect(await system.simulator.bots(did.clientId)).toEqual(bots);
      const { routing } = await system.simulator.did(did.key);
      expect(routing).toMatchObject({
        forOutboundCall: 3,
        outboundBotId: bots[0]?.id,
        outboundTrunkId: null,
        status: 1,
      });
    })(),
  );

  it(
    'that expires stalls with the remedy, and is READY again by itself once it was renewed',
    explained(async () => {
      const { key } = await system.readyDid();
      const journalled = await system.simulator.now();
      await system.simulator.meddle(key, 'expire');
      await eventually(async () => {
        const { readiness, status } = await system.gateway.binding(key);
        expect(readiness).toMatchObject({ state: 'REMOTE_DID_EXPIRED', stale: false });
        expect(readiness.action_items[0]?.label).toBe('Renew this DID in VoiceLink');
        expect(status).toMatchObject({
          outcome: 'stalled',
          message: `DID +${key} is expired; renew it in VoiceLink`,
        });
      });
      await system.simulator.meddle(key, 'renew');
      await system.allReady([key]);
      expect(await callsSince(journalled)).toEqual([]);
    }),
  );

  it(
    'that is gone is said to be deleted only after a second listing without it',
    explained(async () => {
      const { key } = await system.readyDid();
      const journalled = await system.simulator.now();
      // Time to read the answers between two listings.
      await system.simulator.inject({ endpoint: 'dids.purchased', kind: 'latency', ms: 700 });
      await system.simulator.deleteDid(key);
      const seen = new Set<string>();
      const binding = await eventually(async () => {
        const current = await system.gateway.binding(key);
        const { state, issues, stale } = current.readiness;
        seen.add(`${state}${stale ? ' stale' : ''} ${issues.join()}`.trim());
        expect(current).toMatchObject({ readiness: { state: 'REMOTE_DID_DELETED' }, status: { outcome: 'stalled' } });
        return current;
      });
      await system.simulator.clearFaults();
      expect([...seen]).toEqual(['READY', 'READY stale', 'REMOTE_DID_DELETED REMOTE_DID_DELETED']);
      expect(binding.readiness.stale).toBe(false);
      expect(await callsSince(journalled)).toEqual([]);
    }),
  );
});
