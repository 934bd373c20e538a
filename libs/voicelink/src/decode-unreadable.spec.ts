import type { Section } from '@dialtone/domain';
import { DECODERS } from './decode';

const CONTEXT = { countryCode: '91', expiryTimezoneOffset: '+05:30' };
const decode = (section: Section, raw: Record<string, unknown>): unknown => {
  const decoded = DECODERS[section](raw, CONTEXT);
  return decoded.kind === 'row' ? decoded.row : decoded;
};

interface Case {
  readonly section: Section;
  readonly reason: string;
  readonly raw: Record<string, unknown>;
  readonly want: unknown;
}

const DID = { did_id: 1311, did_number: '918000000017' };

const CASES: readonly Case[] = [
  {
    section: 'dids',
    reason: 'a client beyond 2^53 is not "no client"',
    raw: { ...DID, client_id: '9007199254740993' },
    want: { clientId: null, unreadable: ['clientId'] },
  },
  {
    section: 'dids',
    reason: 'a nested client without id',
    raw: { ...DID, client: { name: 'Nila' } },
    want: { clientId: null, unreadable: ['clientId'] },
  },
  {
    section: 'dids',
    reason: 'the row id does not stand in for a did_id that cannot be read',
    raw: { ...DID, id: 9, did_id: 'D-1311' },
    want: { didId: 9, unreadable: ['didId'] },
  },
  {
    section: 'dids',
    reason: 'an id that cannot be read and no other',
    raw: { did_id: 'D-1311', did_number: '918000000017' },
    want: { kind: 'unreadable', why: 'did_id cannot be read' },
  },
  {
    section: 'dids',
    reason: 'a date that is not understood, and no mark',
    raw: { ...DID, expiry_date: '01/02/2027' },
    want: { isExpired: null, expiresAt: null, unreadable: ['expiry'] },
  },
  {
    section: 'dids',
    reason: 'a mark that is not understood decides before a date that is',
    raw: { ...DID, is_expired: 'active', expiry_date: '2027-01-31' },
    want: { isExpired: null, unreadable: ['expiry'] },
  },
  {
    section: 'dids',
    reason: 'a word that is not understood, and nothing else',
    raw: { ...DID, status: 'Lapsed' },
    want: { isExpired: null, unreadable: ['expiry'] },
  },
  {
    section: 'dids',
    reason: 'user_status as a word',
    raw: { ...DID, user_status: 'Expired' },
    want: { isExpired: true },
  },
  {
    section: 'bots',
    reason: 'unknown status',
    raw: { id: 58, status: 'paused' },
    want: { active: null, unreadable: ['active'] },
  },
  {
    section: 'bots',
    reason: 'a client that cannot be read is not "no client"',
    raw: { id: 58, client_id: 'CL-702', bot_name: ['x'], websocket_url: {} },
    want: { clientId: null, unreadable: ['name', 'websocketUrl', 'clientId'] },
  },
  {
    section: 'routing',
    reason: 'codes and ids that are not understood are not "none"',
    raw: {
      id: 1,
      did_number: '918000000017',
      for_inbound_call: 'mobile',
      for_outbound_call: 7,
      outbound_websocket_bot_id: 'bot-58',
      status: 'paused',
    },
    want: {
      forInboundCall: null,
      forOutboundCall: null,
      outboundBotId: null,
      active: null,
      unreadable: ['forInboundCall', 'forOutboundCall', 'outboundBotId', 'active'],
    },
  },
  {
    section: 'routing',
    reason: 'a code of the inbound half goes back as it is, known or not',
    raw: { id: 1, did_number: '918000000017', for_inbound_call: 7 },
    want: { forInboundCall: 7 },
  },
  {
    section: 'dids',
    reason: 'a national number in a country that cannot be read might be any',
    raw: { ...DID, did_number: '8000000017', country_code: 'US' },
    want: { kind: 'unreadable', why: 'country_code cannot be read' },
  },
  {
    section: 'dids',
    reason: 'a number with its country needs no other word for it',
    raw: { ...DID, did_number: '+918000000017', country_code: {} },
    want: { key: '918000000017' },
  },
];

describe('row decoders and values that they do not understand', () => {
  it.each(CASES)('$section: $reason', ({ section, raw, want }) => {
    expect(decode(section, raw)).toMatchObject(want as object);
  });

  it.each([
    { reason: 'a mark', more: { is_expired: false, expiry_date: '01/02/2027' } },
    { reason: 'a date', more: { expiry_date: '2027-01-31', status: 'Lapsed' } },
    { reason: 'another word', more: { status: 1, status_label: 'KYC pending' } },
    { reason: 'an odd mark beside "expired"', more: { is_expired: 'maybe', user_status: 3 } },
  ])('do not leave the expiry open where $reason tells it', ({ more }) => {
    expect(decode('dids', { ...DID, ...more })).not.toHaveProperty('unreadable');
  });

  it('say what they did not understand, decisive or not', () => {
    const raw = { ...DID, is_expired: false, expiry_date: '01/02/2027', client_id: { name: 'Nila' } };
    expect(DECODERS.dids(raw, CONTEXT)).toMatchObject({
      odd: [
        { field: 'client_id', shape: 'an object' },
        { field: 'expiry_date', shape: '"01/02/2027"' },
      ],
    });
  });
});
