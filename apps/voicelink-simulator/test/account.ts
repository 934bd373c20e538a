import { defaultBehaviour, type Behaviour } from '../src/world/behaviour';
import type { Body } from '../src/world/fields';
import { World } from '../src/world/world';
import type { WriteResult } from '../src/world/write-result';

/**
 * One account, always the same ids: clients 701 and 702; bots 51 (active, of 701), 52 (inactive, of 701), 53 (active, of
 * 702); trunk 31 of 701; DIDs 1301 (of 701), 1302 (free), 1303 (of 702, routed as record 201), 1304 (free, expired).
 */
export const account = (): World => {
  const world = new World();
  for (const username of ['first', 'Second']) {
    const names = { username, email: 'ops@shared.example', firstName: username, lastName: 'Client', phone: null };
    world.clients.add({ ...names, channelCount: 2, isActive: 1, walletBalance: '0.00' });
  }
  const bot = {
    name: 'main',
    websocketUrl: 'wss://a.example',
    webhookUrl: 'https://a.example',
    audioFormat: 'l16',
    noiseCancel: 1,
    misreported: false,
  } as const;
  world.bots.add({ ...bot, status: 1, clientId: 701 });
  world.bots.add({ ...bot, status: 0, clientId: 701 });
  world.bots.add({ ...bot, status: 1, clientId: 702 });
  world.trunks.add({
    name: 't',
    status: 1,
    clientId: 701,
    host: 'sip.example',
    port: 5060,
    username: 'u',
    password: 'p',
  });
  const did = {
    countryCode: '91',
    typeLabel: 'Mobile',
    userStatus: 1,
    userExpiryDate: null,
    callRecording: 0,
    description: null,
    clientAutoRenew: 0,
  } as const;
  const live = { ...did, expiryDate: '2041-01-31', isExpired: false };
  world.addDid({ ...live, number: '918000000017', clientId: 701, userStatus: 2 });
  world.addDid({ ...live, number: '918000000018', clientId: null });
  world.addDid({ ...live, number: '918000000019', clientId: 702, userStatus: 2 });
  world.addDid({ ...live, number: '918000000020', clientId: null, isExpired: true, userStatus: 3 });
  const halves = {
    forInboundCall: 1,
    inboundBotId: null,
    inboundTrunkId: null,
    forOutboundCall: 3,
    outboundBotId: 53,
    outboundTrunkId: null,
  };
  world.addRouting({ didId: 1303, status: 1, ...halves });
  world.channelPool = 10;
  return world;
};

const snapshot = (world: World): string =>
  JSON.stringify([world.clients.rows, world.dids, world.bots.rows, world.routings, world.trunks.rows, world.leads]);

export type Write = (world: World, body: Body, behaviour: Behaviour) => WriteResult;

export interface Case {
  readonly name: string;
  readonly write: Write;
  readonly body: Body;
  readonly options?: Partial<Behaviour>;
  /** The kind of answer; for `invalid` also the fields that are named. */
  readonly want: WriteResult['kind'] | readonly string[];
}

export const without = (body: Body, name: string): Body =>
  Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));

/** One test for each case, named as it is. */
export const itFollows = (cases: readonly Case[]): void => {
  it.each(cases)('$name', ({ write, body, options, want }) => {
    const world = account();
    const before = snapshot(world);
    const result = write(world, body, { ...defaultBehaviour(), ...options });
    const accepted = result.kind === 'created' || result.kind === 'done';
    expect(result.kind === 'invalid' ? Object.keys(result.errors) : result.kind).toEqual(want);
    // A refused call leaves no trace.
    expect(accepted || snapshot(world) === before).toBe(true);
  });
};
