import type { Section } from '@dialtone/domain';
import { NUMBER_SPELLINGS } from '@dialtone/testing';
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
    section: 'clients',
    reason: 'status',
    raw: { id: 702, username: 'nila.702', status: 1 },
    want: { id: 702, username: 'nila.702', active: true },
  },
  {
    section: 'clients',
    reason: 'is_active wins over status',
    raw: { id: '702', is_active: '0', status: 1 },
    want: { id: 702, username: null, active: false },
  },
  { section: 'clients', reason: 'client_id as id', raw: { client_id: 702 }, want: { id: 702, active: null } },
  { section: 'clients', reason: 'no id', raw: { username: 'x' }, want: { kind: 'unreadable', why: 'no id' } },
  {
    section: 'dids',
    reason: 'the documented row',
    raw: { id: 9, ...DID, client_id: 702, status: 1, expiry_date: '2027-01-31', is_expired: false },
    want: {
      didId: 1311,
      key: '918000000017',
      didNumber: '918000000017',
      clientId: 702,
      status: '1',
      isExpired: false,
      expiresAt: Date.parse('2027-01-31T18:29:59.999Z'),
    },
  },
  {
    section: 'dids',
    reason: 'id when there is no did_id',
    raw: { id: 9, did_number: 918000000017 },
    want: { didId: 9, key: '918000000017', clientId: null },
  },
  {
    section: 'dids',
    reason: 'ten digits get the country code of the row',
    raw: { ...DID, did_number: 8000000017, country_code: '+44' },
    want: { key: '448000000017', didNumber: '8000000017' },
  },
  {
    section: 'dids',
    reason: 'ten digits get the default country code',
    raw: { ...DID, did_number: '9180000017', country_code: null },
    want: { key: '919180000017' },
  },
  {
    section: 'dids',
    reason: 'a country code in letters is none',
    raw: { ...DID, did_number: '8000000017', country_code: 'IN' },
    want: { key: '918000000017' },
  },
  { section: 'dids', reason: 'client 0 is no client', raw: { ...DID, client_id: 0 }, want: { clientId: null } },
  { section: 'dids', reason: 'client "" is no client', raw: { ...DID, client_id: '' }, want: { clientId: null } },
  { section: 'dids', reason: 'a nested client', raw: { ...DID, client: { id: 702 } }, want: { clientId: 702 } },
  { section: 'dids', reason: 'is_expired as text', raw: { ...DID, is_expired: '1' }, want: { isExpired: true } },
  { section: 'dids', reason: 'nothing about expiry', raw: DID, want: { isExpired: null, expiresAt: null } },
  {
    section: 'dids',
    reason: 'any mark of expiry counts',
    raw: { ...DID, is_expired: false, user_status: 3 },
    want: { isExpired: true },
  },
  { section: 'dids', reason: 'a label counts', raw: { ...DID, status_label: 'Expired' }, want: { isExpired: true } },
  { section: 'dids', reason: 'status as a word', raw: { ...DID, status: 'active' }, want: { status: 'active' } },
  {
    section: 'available_dids',
    reason: 'user_status is the status',
    raw: { ...DID, user_status: 1, user_status_label: 'Available' },
    want: { didId: 1311, status: '1', isExpired: null },
  },
  {
    section: 'dids',
    reason: 'no id',
    raw: { did_number: '918000000017' },
    want: { kind: 'unreadable', why: 'no did_id' },
  },
  { section: 'dids', reason: 'no number', raw: { did_id: 1311 }, want: { kind: 'unreadable', why: 'no did_number' } },
  {
    section: 'dids',
    reason: 'number 0',
    raw: { did_id: 1311, did_number: 0 },
    want: { kind: 'unreadable', why: 'no did_number' },
  },
  {
    section: 'dids',
    reason: 'a garbled number may be the one looked for',
    raw: { ...DID, did_number: 'DID 918000000017' },
    want: { kind: 'unreadable', why: 'did_number is not a phone number' },
  },
  {
    section: 'dids',
    reason: 'a short code is nobody’s number',
    raw: { ...DID, did_number: '1860' },
    want: { kind: 'foreign' },
  },
  {
    section: 'bots',
    reason: 'scalars as text',
    raw: { id: '58', bot_name: ' prod-main ', websocket_url: 'wss://x/ws', status: '0', client_id: '702' },
    want: { id: 58, name: ' prod-main ', websocketUrl: 'wss://x/ws', active: false, clientId: 702 },
  },
  {
    section: 'bots',
    reason: 'blank name',
    raw: { id: 58, bot_name: '', status: true },
    want: { name: null, websocketUrl: null, active: true, clientId: null },
  },
  { section: 'bots', reason: 'unknown status', raw: { id: 58, status: 'paused' }, want: { active: null } },
  { section: 'bots', reason: 'no id', raw: { bot_name: 'x' }, want: { kind: 'unreadable', why: 'no id' } },
  {
    section: 'routing',
    reason: 'the documented row',
    raw: {
      id: 220,
      did_id: 1311,
      did_number: 918000000017,
      for_inbound_call: '2',
      inbound_sip_trunk_id: 31,
      inbound_websocket_bot_id: null,
      for_outbound_call: 3,
      outbound_sip_trunk_id: 0,
      outbound_websocket_bot_id: '58',
      status: 1,
    },
    want: {
      id: 220,
      key: '918000000017',
      didId: 1311,
      forInboundCall: 2,
      inboundTrunkId: 31,
      inboundBotId: null,
      forOutboundCall: 3,
      outboundTrunkId: null,
      outboundBotId: 58,
      active: true,
    },
  },
  {
    section: 'routing',
    reason: 'mode 0 and missing modes stay apart',
    raw: { id: 1, did_number: '918000000017', for_inbound_call: 0 },
    want: { forInboundCall: 0, forOutboundCall: null, active: null },
  },
  {
    section: 'routing',
    reason: 'no number',
    raw: { id: 1, did_id: 5 },
    want: { kind: 'unreadable', why: 'no did_number' },
  },
];

describe('row decoders', () => {
  it.each(CASES)('$section: $reason', ({ section, raw, want }) => {
    expect(decode(section, raw)).toMatchObject(want as object);
  });

  it.each(NUMBER_SPELLINGS)('make $key of a number listed as "$spelling": $reason', ({ spelling, key }) => {
    for (const section of ['dids', 'available_dids', 'routing'] as const) {
      const decoded = decode(section, { id: 220, did_id: 1311, did_number: spelling });
      expect(decoded).toMatchObject(
        key === null ? { kind: expect.stringMatching(/unreadable|foreign/) as string } : { key },
      );
    }
  });

  it.each([
    { did_number: 6561234567, country_code: '65' },
    { did_number: '6561234567', country_code: 65 },
    { did_number: '61234567', country_code: '+65' },
    { did_number: '+6561234567', country_code: null },
  ])('make one key of a number of Singapore listed as %j', (row) => {
    expect(decode('dids', { did_id: 1311, ...row })).toMatchObject({ key: '006561234567' });
  });

  it('keep the record as received', () => {
    const raw = { id: 58, status: '1', new_field: { nested: true } };
    expect(decode('bots', raw)).toMatchObject({ raw });
  });
});
