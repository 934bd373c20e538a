import { aBot, aDid, aPhoneNumber, aRouting, aSnapshot, localKnowledge, OBSERVED_AT } from '@dialtone/testing';
import { judgeReadiness } from './judge';
import type { KeyObservation, PresenceMemory } from './observation';
import { observeSnapshot } from './observe';
import type { Readiness } from './readiness';
import type { RemoteBot, RemoteDid, RemoteRouting } from './remote';

const did = aDid({ clientId: 415 });
const { key } = did;
const bot = aBot({ clientId: 415 });
const routing = aRouting({ key, outboundBotId: bot.id });
const PRESENT: PresenceMemory = { did: 'present', bot: 'present', routing: 'present' };

interface Listed {
  readonly dids?: readonly RemoteDid[];
  readonly bots?: readonly RemoteBot[];
  readonly routing?: readonly RemoteRouting[];
}

const observe = (listed: Listed): KeyObservation => {
  const known = localKnowledge({ phoneNumbers: [aPhoneNumber({ key })], memory: new Map([[key, PRESENT]]) });
  const snapshot = aSnapshot({ dids: [did], bots: [bot], routing: [routing], ...listed });
  const [observation] = [...observeSnapshot(snapshot, known)];
  if (observation === undefined) throw new Error('the number is listed');
  return observation;
};
const judge = (listed: Listed): Readiness =>
  judgeReadiness(observe(listed), { declaredAgentId: null, now: OBSERVED_AT });

describe('a fact that cannot be read', () => {
  it.each<{ readonly name: string; readonly given: Listed; readonly unknown: readonly string[] }>([
    { name: 'the expiry', given: { dids: [aDid({ ...did, unreadable: ['expiry'] })] }, unknown: ['dids'] },
    {
      name: 'the client of another purchase of the number, which might be the one that counts',
      given: { dids: [did, aDid({ key, clientId: null, unreadable: ['clientId'] })] },
      unknown: ['dids'],
    },
    {
      name: 'the status of the only bot',
      given: { bots: [aBot({ ...bot, active: null, unreadable: ['active'] })] },
      unknown: ['bots'],
    },
    {
      name: 'the client of a bot, where the client has no other that is active',
      given: { bots: [aBot({ clientId: null, unreadable: ['clientId'] })] },
      unknown: ['bots'],
    },
    {
      name: 'the client of the bot that calls go to',
      given: { bots: [aBot({ clientId: 415 }), aBot({ ...bot, clientId: null, unreadable: ['clientId'] })] },
      unknown: ['bots'],
    },
    {
      name: 'the URL of a bot that is off and may be ours',
      given: { bots: [aBot({ ...bot, active: false, websocketUrl: null, unreadable: ['websocketUrl'] })] },
      unknown: ['bots'],
    },
    {
      name: 'the outbound mode',
      given: { routing: [aRouting({ ...routing, forOutboundCall: null, unreadable: ['forOutboundCall'] })] },
      unknown: ['routing'],
    },
  ])('makes its list unknown for this number: $name', ({ given, unknown }) => {
    const { state, complete, unknownSections, issues } = judge(given);
    expect({ complete, unknownSections }).toEqual({ complete: false, unknownSections: unknown });
    expect({ state, issues }).toEqual({ state: 'UNKNOWN', issues: [] });
    expect(observe(given)).toMatchObject({
      unknown,
      unreadable: unknown,
      presence: { did: 'present', routing: 'present' },
    });
  });

  it.each<{ readonly name: string; readonly given: Listed }>([
    { name: 'of a bot of another client', given: { bots: [bot, aBot({ clientId: 9, unreadable: ['active'] })] } },
    { name: 'of a bot that no call goes to', given: { bots: [bot, aBot({ clientId: 415, unreadable: ['active'] })] } },
    { name: 'of a bot of no known client', given: { bots: [bot, aBot({ clientId: null, unreadable: ['clientId'] })] } },
    { name: 'of another number', given: { dids: [did, aDid({ unreadable: ['expiry', 'clientId'] })] } },
    { name: 'of the inbound half', given: { routing: [aRouting({ ...routing, unreadable: ['inboundBotId'] })] } },
    {
      name: 'that is the name of an active bot',
      given: { bots: [aBot({ ...bot, name: null, unreadable: ['name'] })] },
    },
  ])('leaves everything else decided: $name', ({ given }) => {
    expect(judge(given)).toMatchObject({ state: 'READY', complete: true });
    expect(observe(given)).not.toHaveProperty('unreadable');
  });

  it('of the DID lets the memory of its bots wait: it is not known whose they are', () => {
    const dids = [aDid({ ...did, clientId: null, unreadable: ['clientId'] })];
    expect(observe({ dids, bots: [] }).presence.bot).toBe('present');
  });
});
