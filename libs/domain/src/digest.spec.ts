import { aBot, aDid, anObservation, aPhoneNumber, aRouting, OBSERVED_AT } from '@dialtone/testing';
import { digestOf } from './digest';
import { judgeReadiness } from './judge';
import { type KeyObservation } from './observation';

const digest = (observation: KeyObservation): string =>
  digestOf(observation, judgeReadiness(observation, { declaredAgentId: null, now: OBSERVED_AT }));

const did = aDid({ clientId: 415 });
const bot = aBot({ clientId: 415 });
const routing = aRouting({ key: did.key, outboundBotId: bot.id });
const local = aPhoneNumber({ key: did.key });
const base = anObservation({ key: did.key, did, bots: [bot], routing, local });

describe('digestOf', () => {
  const same: readonly { readonly name: string; readonly reason: string; readonly given: Partial<KeyObservation> }[] = [
    { name: 'another time', reason: 'time alone is no news', given: { observedAt: OBSERVED_AT + 1 } },
    { name: 'other raw records', reason: 'they decide nothing', given: { did: aDid({ ...did, raw: { note: 1 } }) } },
    {
      name: 'another agent name',
      reason: 'the id is what counts',
      given: { local: aPhoneNumber({ ...local, agentName: 'New' }) },
    },
  ];
  it.each(same)('is the same with $name: $reason', ({ given }) => {
    expect(digest(anObservation({ ...base, ...given }))).toBe(digest(base));
  });

  const different: readonly { readonly name: string; readonly given: Partial<KeyObservation> }[] = [
    { name: 'another DID', given: { did: aDid({ ...did, didId: 9_999 }) } },
    { name: 'another client', given: { did: aDid({ ...did, clientId: 416 }) } },
    { name: 'another status', given: { did: aDid({ ...did, status: null }) } },
    { name: 'an expiry mark not said', given: { did: aDid({ ...did, isExpired: null }) } },
    { name: 'an expiry date', given: { did: aDid({ ...did, expiresAt: OBSERVED_AT + 1 }) } },
    { name: 'no DID', given: { did: null } },
    { name: 'one more bot', given: { bots: [bot, aBot({ clientId: 415 })] } },
    { name: 'a bot status not said', given: { bots: [aBot({ ...bot, active: null })] } },
    { name: 'another bot name', given: { bots: [aBot({ ...bot, name: 'B' })] } },
    { name: 'another bot URL', given: { bots: [aBot({ ...bot, websocketUrl: 'wss://else.test' })] } },
    { name: 'another inbound mode', given: { routing: aRouting({ ...routing, forInboundCall: 2 }) } },
    { name: 'another inbound bot', given: { routing: aRouting({ ...routing, inboundBotId: 1 }) } },
    { name: 'another inbound trunk', given: { routing: aRouting({ ...routing, inboundTrunkId: 1 }) } },
    { name: 'an outbound trunk', given: { routing: aRouting({ ...routing, outboundTrunkId: 1 }) } },
    { name: 'an outbound mode not said', given: { routing: aRouting({ ...routing, forOutboundCall: null }) } },
    { name: 'a routing status not said', given: { routing: aRouting({ ...routing, active: null }) } },
    { name: 'a second routing record', given: { extraRoutingIds: [500] } },
    { name: 'a bot known to be listed wrongly', given: { misreportedBotIds: [bot.id] } },
    { name: 'another agent', given: { local: aPhoneNumber({ ...local, agentId: null }) } },
    { name: 'another memory', given: { presence: { did: 'present', bot: 'unknown', routing: 'present' } } },
    { name: 'a list that failed', given: { unknown: ['routing'] } },
    { name: 'an expiry that cannot be read', given: { did: aDid({ ...did, unreadable: ['expiry'] }) } },
    { name: 'a bot URL that cannot be read', given: { bots: [aBot({ ...bot, unreadable: ['websocketUrl'] })] } },
    {
      name: 'an inbound half that cannot be read',
      given: { routing: aRouting({ ...routing, unreadable: ['inboundBotId'] }) },
    },
  ];
  it.each(different)('differs with $name', ({ given }) => {
    expect(digest(anObservation({ ...base, ...given }))).not.toBe(digest(base));
  });

  it('tells the stale from the complete form of one verdict', () => {
    const gone: Partial<KeyObservation> = {
      ...base,
      did: null,
      bots: [],
      routing: null,
      presence: { did: 'absent', bot: 'unknown', routing: 'absent' },
    };
    expect(digest(anObservation({ ...gone, unknown: ['bots'] }))).not.toBe(digest(anObservation(gone)));
  });

  it('is not fooled by names that look like other cells', () => {
    const [first, second] = [aBot({ id: 1, clientId: 415, name: 'a' }), aBot({ id: 2, clientId: 415, name: 'b' })];
    const [, tail = ''] = digest(anObservation({ ...base, bots: [first, second], routing: null })).split('1:1:"a":');
    const forged = aBot({ ...first, name: 'a', websocketUrl: tail.split('|')[0] ?? '' });
    expect(digest(anObservation({ ...base, bots: [forged], routing: null }))).not.toBe(
      digest(anObservation({ ...base, bots: [first, second], routing: null })),
    );
    const plain = (name: string | null): KeyObservation => anObservation({ ...base, bots: [aBot({ ...bot, name })] });
    expect(digest(plain('-'))).not.toBe(digest(plain(null)));
  });
});
