import { aBot, aDid, anObservation, aRouting } from '@dialtone/testing';
import { advisoriesAfter, areAdvisoriesNews, findAdvisories, type DeclaredBot, type FoundAdvisory } from './advisories';
import type { KeyObservation } from './observation';
import type { RemoteBot, RemoteRouting } from './remote';

const CONFIGURED = 'wss://bots.example.test/ws';
const ELSEWHERE = 'wss://elsewhere.example.test/ws';
const CLIENT = 7;
const BOT = 58;

const DECLARED: DeclaredBot = { clientId: null, botName: null, websocketUrl: null, madeBotId: null };

interface Given {
  readonly bot?: Partial<RemoteBot>;
  readonly others?: readonly RemoteBot[];
  readonly routing?: Partial<RemoteRouting>;
  readonly declared?: Partial<DeclaredBot>;
  readonly observed?: Partial<KeyObservation>;
}

/** A number that is READY unless something else is given. */
const observed = ({ bot, others = [], routing, observed: rest }: Given): KeyObservation =>
  anObservation({
    did: aDid({ clientId: CLIENT }),
    bots: [aBot({ id: BOT, clientId: CLIENT, websocketUrl: CONFIGURED, ...bot }), ...others],
    routing: aRouting({ outboundBotId: BOT, ...routing }),
    ...rest,
  });

const found = (given: Given): readonly FoundAdvisory[] | null =>
  findAdvisories(observed(given), { declared: { ...DECLARED, ...given.declared }, defaultWebsocketUrl: CONFIGURED });

const OTHER_BOT = aBot({ id: 61, clientId: CLIENT, websocketUrl: ELSEWHERE });
const INBOUND_TO_OTHER = { others: [OTHER_BOT], routing: { forInboundCall: 3, inboundBotId: 61 } };

describe('advisories about a declared number', () => {
  it.each<Given & { readonly name: string; readonly want: readonly FoundAdvisory['code'][] }>([
    { name: 'nothing, when all is as declared', want: [] },
    { name: 'another client than the declared one', declared: { clientId: 8 }, want: ['CLIENT_MISMATCH'] },
    { name: 'nothing of the declared client', declared: { clientId: CLIENT }, want: [] },
    { name: 'another bot than the one that was created for it', declared: { madeBotId: 57 }, want: ['BOT_MISMATCH'] },
    {
      name: 'nothing of the bot that was created for it, renamed since',
      declared: { madeBotId: BOT, botName: 'mine' },
      want: [],
    },
    { name: 'a bot without the declared name', declared: { botName: 'mine' }, want: ['BOT_MISMATCH'] },
    { name: 'nothing of a name in another case', bot: { name: ' MINE ' }, declared: { botName: 'mine' }, want: [] },
    {
      name: 'a bot that does not point to the declared URL',
      declared: { websocketUrl: ELSEWHERE },
      want: ['WEBSOCKET_URL_MISMATCH'],
    },
    {
      name: 'nothing of another spelling of the URL',
      declared: { websocketUrl: 'WSS://bots.example.test:443/ws/' },
      want: [],
    },
    {
      name: 'calls to an endpoint that is neither declared nor configured',
      bot: { websocketUrl: ELSEWHERE },
      want: ['UNDECLARED_ENDPOINT'],
    },
    { name: 'inbound calls to such an endpoint', ...INBOUND_TO_OTHER, want: ['UNDECLARED_ENDPOINT'] },
    {
      name: 'inbound calls past the declared endpoint',
      ...INBOUND_TO_OTHER,
      declared: { websocketUrl: CONFIGURED },
      want: ['UNDECLARED_ENDPOINT'],
    },
    {
      name: 'nothing of an inbound half that does not lead to a bot',
      others: [OTHER_BOT],
      routing: { forInboundCall: 2, inboundBotId: 61, inboundTrunkId: 3 },
      want: [],
    },
    {
      name: 'nothing of an inbound bot that is not one of the client: its endpoint is not known',
      routing: { forInboundCall: 3, inboundBotId: 99 },
      want: [],
    },
    {
      name: 'nothing of bots while calls go to none',
      routing: { outboundBotId: null, forOutboundCall: 4 },
      declared: { botName: 'mine', websocketUrl: ELSEWHERE, madeBotId: 57 },
      want: [],
    },
  ])('say $name', ({ want, ...given }) => {
    expect(found(given)?.map(({ code }) => code)).toEqual(want);
    expect(JSON.stringify(found(given))).not.toContain('wss:');
  });

  it.each([
    { what: 'a bot without a name', bot: { name: null }, declared: { botName: 'mine' }, code: 'BOT_MISMATCH' },
    {
      what: 'a bot without a URL, and one is declared',
      bot: { websocketUrl: null },
      declared: { websocketUrl: ELSEWHERE },
      code: 'WEBSOCKET_URL_MISMATCH',
    },
    { what: 'a bot without a URL', bot: { websocketUrl: null }, code: 'UNDECLARED_ENDPOINT' },
  ])('leave open what cannot be told of $what', ({ code, ...given }) => {
    expect(found(given)).toEqual([{ code, message: null }]);
  });

  it('are none of a number that is not declared', () => {
    expect(findAdvisories(observed({ bot: { websocketUrl: ELSEWHERE } }), null)).toEqual([]);
  });

  it.each(['dids', 'bots', 'routing'] as const)(
    'are left as they are while %s says nothing of the number',
    (section) => {
      expect(found({ declared: { clientId: 8 }, observed: { unknown: [section] } })).toBeNull();
    },
  );
});

describe('what is said after a look', () => {
  const standing = { code: 'BOT_MISMATCH', message: 'as it was', since: 1 } as const;

  it.each([
    { name: 'begins', before: [], found: [{ code: 'BOT_MISMATCH', message: 'x' }], begun: 1, ended: 0, since: 9 },
    {
      name: 'stands',
      before: [standing],
      found: [{ code: 'BOT_MISMATCH', message: 'x' }],
      begun: 0,
      ended: 0,
      since: 1,
    },
    { name: 'ends', before: [standing], found: [], begun: 0, ended: 1, since: undefined },
    { name: 'stands when it cannot be told', before: [standing], found: null, begun: 0, ended: 0, since: 1 },
    {
      name: 'stands when it alone cannot be told',
      before: [standing],
      found: [{ code: 'BOT_MISMATCH', message: null }],
      begun: 0,
      ended: 0,
      since: 1,
    },
    {
      name: 'does not begin when it cannot be told',
      before: [],
      found: [{ code: 'BOT_MISMATCH', message: null }],
      begun: 0,
      ended: 0,
      since: undefined,
    },
  ] as const)('$name', ({ before, found: seen, begun, ended, since }) => {
    const change = advisoriesAfter(before, seen, 9);
    expect([change.begun.length, change.ended.length, change.after[0]?.since]).toEqual([begun, ended, since]);
    expect(areAdvisoriesNews(change.after, seen)).toBe(false);
  });

  it('is stored again in another wording, which begins and ends nothing', () => {
    const reworded = [{ code: 'BOT_MISMATCH', message: 'otherwise' }] as const;
    expect(areAdvisoriesNews([standing], reworded)).toBe(true);
    expect(advisoriesAfter([standing], reworded, 9)).toEqual({
      after: [{ ...standing, message: 'otherwise' }],
      begun: [],
      ended: [],
    });
  });
});
