import {
  judgeReadiness,
  observeSnapshot,
  planSteps,
  WRITING_STEPS,
  type KeyObservation,
  type Plan,
  type Readiness,
  type Section,
  type SectionRows,
} from '@dialtone/domain';
import { aPhoneNumber, aDidKey, aSnapshot, aSpec, localKnowledge, OBSERVED_AT, WEBSOCKET_URL } from '@dialtone/testing';
import * as fc from 'fast-check';
import { DECODERS } from '../src/decode';

type Raw = Readonly<Record<string, unknown>>;
interface RawWorld {
  readonly dids: readonly Raw[];
  readonly bots: readonly Raw[];
  readonly routing: readonly Raw[];
}

const KEY = aDidKey('918011223344');
const CONTEXT = { countryCode: '91', expiryTimezoneOffset: '+05:30' };
const SPEC = aSpec({ clientId: 415 });
const LOCAL = aPhoneNumber({ key: KEY, agentId: SPEC.agentId });

const DID = {
  id: 1007,
  did_id: 7,
  did_number: KEY,
  client_id: 415,
  status: 1,
  is_expired: false,
  expiry_date: '2027-01-31',
};
const BOT = { id: 90, bot_name: 'Desk', websocket_url: WEBSOCKET_URL, client_id: 415, status: 1 };
const ROUTING = {
  id: 20,
  did_id: 7,
  did_number: KEY,
  for_inbound_call: 2,
  inbound_websocket_bot_id: null,
  inbound_sip_trunk_id: 31,
  for_outbound_call: 3,
  outbound_websocket_bot_id: 90,
  outbound_sip_trunk_id: null,
  status: 1,
};

const rowsOf = <S extends Section>(section: S, raws: readonly Raw[]): readonly SectionRows[S][] =>
  raws.map((raw) => {
    const decoded = DECODERS[section](raw, CONTEXT);
    if (decoded.kind !== 'row') throw new Error('these rows have an id and a number');
    return decoded.row;
  });

interface Decided {
  readonly observation: KeyObservation;
  readonly readiness: Readiness;
  readonly plan: Plan;
  readonly writes: readonly string[];
}

const decide = (world: RawWorld): Decided => {
  const snapshot = aSnapshot({
    dids: rowsOf('dids', world.dids),
    bots: rowsOf('bots', world.bots),
    routing: rowsOf('routing', world.routing),
  });
  const known = localKnowledge({ phoneNumbers: [LOCAL], declaredClients: new Map([[KEY, SPEC.clientId]]) });
  const [observation] = [...observeSnapshot(snapshot, known)];
  if (observation === undefined) throw new Error('a declared key is always observed');
  const readiness = judgeReadiness(observation, { declaredAgentId: SPEC.agentId, now: OBSERVED_AT });
  const plan = planSteps(SPEC, observation, { now: OBSERVED_AT, defaultWebsocketUrl: WEBSOCKET_URL });
  const writes = plan
    .filter(({ step, status }) => status === 'needed' && WRITING_STEPS.includes(step))
    .map(({ step }) => step);
  return { observation, readiness, plan, writes };
};

/** Values that no field of VoiceLink's can mean, and those that people have met. */
const oddValue = fc.oneof(
  fc.stringMatching(/^[g-z]{12,20}$/),
  fc.integer({ max: -1 }),
  fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n }).map(Number),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n }).map(String),
  fc.dictionary(fc.stringMatching(/^[g-z]{3}$/), fc.integer(), { minKeys: 1 }),
  fc.array(fc.integer(), { minLength: 1 }),
  fc.constantFrom('CL-702', '702.0', 'paused', 'suspended', '½', '७०२', '01/02/2027', 'Lapsed', '#REF!'),
);

/** A world in which the number is READY, or one thing is amiss that a write would mend. */
const anyRawWorld: fc.Arbitrary<RawWorld> = fc.record({
  dids: fc.constantFrom<(readonly Raw[])[]>([DID], [{ ...DID, client_id: null }]),
  bots: fc.constantFrom<(readonly Raw[])[]>([BOT], [{ ...BOT, status: 0 }], []),
  routing: fc.constantFrom<(readonly Raw[])[]>(
    [ROUTING],
    [{ ...ROUTING, status: 0 }],
    [{ ...ROUTING, outbound_websocket_bot_id: 666 }],
    [{ ...ROUTING, for_outbound_call: 4, outbound_websocket_bot_id: null }],
    [],
  ),
});

const MENDED: RawWorld = { dids: [DID], bots: [BOT], routing: [ROUTING] };

const without = (row: Raw, ...names: readonly string[]): Raw =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

describe('a value that is not understood', () => {
  it('is in a world that is READY without it', () => {
    expect(decide(MENDED)).toMatchObject({ readiness: { state: 'READY', complete: true }, writes: [] });
  });

  it.each(['01/31/2020', '31-Jan-2020', '20200131', 20200131, 1580495399, '1580495399'])(
    'is no date of which there is only one reading: a DID with expiry_date %p and no mark is expired',
    (value) => {
      const dids = [{ ...without(DID, 'is_expired'), expiry_date: value }];
      expect(decide({ ...MENDED, dids })).toMatchObject({ readiness: { state: 'REMOTE_DID_EXPIRED' }, writes: [] });
    },
  );

  const DID_FIELDS = ['did_id', 'client_id', 'is_expired'];
  it.each(DID_FIELDS)('in %s of a DID leads neither to READY nor to any issue or write', (field) => {
    fc.assert(
      fc.property(anyRawWorld, oddValue, (world, value) => {
        const { readiness, writes } = decide({ ...world, dids: world.dids.map((did) => ({ ...did, [field]: value })) });
        expect(readiness).toMatchObject({ state: 'UNKNOWN', issues: [], complete: false, unknownSections: ['dids'] });
        expect(writes).toEqual([]);
      }),
    );
  });

  it('in expiry_date, where VoiceLink says nothing else, leads neither to READY nor to any issue or write', () => {
    fc.assert(
      fc.property(anyRawWorld, oddValue, (world, value) => {
        const dids = world.dids.map((did) => ({ ...without(did, 'is_expired'), expiry_date: value }));
        const { readiness, writes } = decide({ ...world, dids });
        expect(readiness).toMatchObject({ state: 'UNKNOWN', issues: [], complete: false });
        expect(writes).toEqual([]);
      }),
    );
  });

  it.each(['status', 'status_label', 'user_status', 'user_status_label'])(
    'in %s, where nothing else tells whether the DID is expired, leads neither to READY nor to any issue or write',
    (field) => {
      fc.assert(
        fc.property(anyRawWorld, oddValue, (world, value) => {
          const dids = world.dids.map((did) => ({
            ...without(did, 'is_expired', 'expiry_date', 'status'),
            [field]: value,
          }));
          const { readiness, writes } = decide({ ...world, dids });
          expect(readiness).toMatchObject({ state: 'UNKNOWN', issues: [] });
          expect(writes).toEqual([]);
        }),
      );
    },
  );

  it.each(['status', 'client_id'])('in %s of the bot leads neither to READY nor to a write for it', (field) => {
    fc.assert(
      fc.property(anyRawWorld, oddValue, (world, value) => {
        fc.pre(world.bots.length > 0);
        const bots = world.bots.map((bot) => ({ ...bot, [field]: value }));
        const { readiness, writes } = decide({ ...world, bots });
        expect(readiness).toMatchObject({ complete: false, unknownSections: ['bots'] });
        expect(readiness.state).not.toBe('READY');
        expect(readiness.issues).not.toContain('NO_BOT');
        expect(readiness.issues).not.toContain('ROUTING_CHANGED');
        expect(writes.filter((step) => step !== 'client_mapping')).toEqual([]);
      }),
    );
  });

  it.each(['bot_name', 'websocket_url'])('in %s of a bot that is off leads to no write for it', (field) => {
    fc.assert(
      fc.property(anyRawWorld, fc.constantFrom(true, {}, [1], false), (world, value) => {
        const { writes } = decide({ ...world, bots: [{ ...BOT, status: 0, [field]: value }] });
        expect(writes.filter((step) => step !== 'client_mapping')).toEqual([]);
      }),
    );
  });

  it.each(['for_outbound_call', 'outbound_websocket_bot_id', 'status'])(
    'in %s of the routing record leads neither to READY nor to a write of it',
    (field) => {
      fc.assert(
        fc.property(anyRawWorld, oddValue, (world, value) => {
          fc.pre(world.routing.length > 0);
          const routing = world.routing.map((row) => ({ ...row, [field]: value }));
          const { readiness, writes } = decide({ ...world, routing });
          expect(readiness).toMatchObject({ complete: false, unknownSections: ['routing'] });
          expect(readiness.state).not.toBe('READY');
          expect(readiness.issues).not.toContain('ROUTING_CHANGED');
          expect(writes).not.toContain('ensure_routing');
        }),
      );
    },
  );

  it.each(['for_inbound_call', 'inbound_websocket_bot_id', 'inbound_sip_trunk_id'])(
    'in %s of the routing record leads to no write of it, which would overwrite that half',
    (field) => {
      fc.assert(
        fc.property(anyRawWorld, oddValue, (world, value) => {
          fc.pre(world.routing.length > 0);
          const routing = world.routing.map((row) => ({ ...row, [field]: value }));
          expect(decide({ ...world, routing }).writes).not.toContain('ensure_routing');
        }),
      );
    },
  );

  it('leaves a bot that is certainly active to answer for the client, unless calls go to the odd one', () => {
    const odd = { ...BOT, id: 91, status: 'paused' };
    expect(decide({ ...MENDED, bots: [BOT, odd] })).toMatchObject({ readiness: { state: 'READY' } });
    const toOdd = [{ ...ROUTING, outbound_websocket_bot_id: 91 }];
    expect(decide({ ...MENDED, bots: [BOT, odd], routing: toOdd })).toMatchObject({
      readiness: { state: 'UNKNOWN' },
      writes: [],
    });
  });

  it('is said in the plan, so that a human can correct it', () => {
    const dids = [{ ...without(DID, 'is_expired'), expiry_date: '01/02/2027' }];
    expect(decide({ ...MENDED, dids }).plan[0]).toMatchObject({
      status: 'blocked',
      reason: 'observation_incomplete',
      detail: expect.stringContaining('a value that cannot be read') as string,
    });
  });
});
