import { aBot, aDid, aDidKey, anObservation, aRouting } from '@dialtone/testing';
import { outboundRelease } from './outbound-release';
import type { KeyObservation } from './observation';
import { ONLY_ANSWER, ROUTE_TO_BOT, ROUTE_TO_TRUNK } from './remote';

const key = aDidKey('918011223344');
const did = aDid({ key, didId: 812, clientId: 415 });
const bot = aBot({ id: 93, clientId: 415 });
const routing = aRouting({ id: 120, key, outboundBotId: 93, forInboundCall: 2, inboundTrunkId: 31 });
const seen = (overrides: Partial<KeyObservation>): KeyObservation =>
  anObservation({ key, did, bots: [bot], routing, ...overrides });

describe('switching outbound calls of a number off', () => {
  it('is an update to only-answer that names no outbound handler and sends the inbound half back as it was read', () => {
    expect(outboundRelease(seen({}))).toMatchObject({
      kind: 'needed',
      routingId: 120,
      fields: {
        ...{ forInboundCall: 2, inboundTrunkId: 31, inboundBotId: null },
        ...{ forOutboundCall: ONLY_ANSWER, outboundBotId: null, outboundTrunkId: null, active: true },
      },
    });
  });

  it.each([
    { given: 'only-answer', reason: 'it was done', routing: { forOutboundCall: ONLY_ANSWER, outboundBotId: null } },
    { given: 'an inactive record', reason: 'it routes nothing', routing: { active: false } },
    {
      given: 'a SIP trunk',
      reason: 'others have put it there',
      routing: { forOutboundCall: ROUTE_TO_TRUNK, outboundBotId: null, outboundTrunkId: 31 },
    },
  ])('leaves $given as it is: $reason', ({ routing: change }) => {
    expect(outboundRelease(seen({ routing: aRouting({ ...routing, ...change }) }))).toEqual({ kind: 'done' });
  });

  it('has nothing to do without a record', () => {
    expect(outboundRelease(seen({ routing: null }))).toEqual({ kind: 'done' });
  });

  it.each([
    { given: 'lists that leave it open', change: { unknown: ['routing' as const] } },
    {
      given: 'an inbound half that VoiceLink does not say',
      change: { routing: aRouting({ ...routing, forInboundCall: null, inboundTrunkId: null }) },
    },
  ])('decides nothing on $given', ({ change }) => {
    expect(outboundRelease(seen(change)).kind).toBe('unknown');
  });

  it('is done once it is done', () => {
    const first = outboundRelease(seen({ routing: aRouting({ ...routing, forOutboundCall: ROUTE_TO_BOT }) }));
    if (first.kind !== 'needed') throw new Error('It is on.');
    expect(outboundRelease(seen({ routing: aRouting({ ...routing, ...first.fields }) })).kind).toBe('done');
  });
});
