import type { RemoteRecord, Section, Snapshot } from '@dialtone/domain';
import type { UnresolvedWrite, WriteTarget } from '../ports/journal';
import { proveRequests } from './in-doubt';
import { SEND_WITHIN_MS } from './write-ahead';

const HOLD_MS = 20_000;
const ASKED_AT = 1_000_000;
const PROVEN_AT = ASKED_AT + SEND_WITHIN_MS + HOLD_MS;

type Raw = RemoteRecord['raw'];

const snapshotOf = (section: Section, rows: readonly Raw[], startedAt = PROVEN_AT): Snapshot => {
  const empty = { status: 'complete', rows: [] } as const;
  const lists = { clients: empty, dids: empty, available_dids: empty, bots: empty, routing: empty };
  const listing = { status: 'complete', rows: rows.map((raw) => ({ raw })) };
  return { startedAt, ...lists, [section]: listing };
};

const asked = (target: WriteTarget, body: Raw): UnresolvedWrite => ({
  id: '7',
  step: 'request',
  target,
  state: 'unknown',
  startedAt: ASKED_AT,
  body,
  answer: null,
});

const NEW_BOT = { bot_name: 'Sales', client_id: 415, websocket_url: 'wss://bots.example/ws', status: 1 };
const LISTED_BOT = { id: 93, ...NEW_BOT, webhook_url: null, audio_format: 'alaw' };
const ROUTING = { for_inbound_call: 1, for_outbound_call: 3, outbound_websocket_bot_id: 93, status: 1 };
const LISTED_ROUTING = { id: 120, did_id: 812, did_number: 918011223344, ...ROUTING };
const NEW_CLIENT = {
  username: 'Nila.702',
  first_name: 'Nila',
  email: 'ops@nila.example',
  password: '[redacted]',
  is_active: 1,
};
const LISTED_CLIENT = { id: 702, username: 'nila.702 ', first_name: 'Nila', email: 'ops@nila.example', status: 1 };

describe('what became of a requested write without an answer', () => {
  it.each<{ name: string; section: Section; target: WriteTarget; body: Raw; rows: readonly Raw[]; applied: boolean }>([
    {
      name: 'a bot that is listed',
      section: 'bots',
      target: 'bot-create:415',
      body: NEW_BOT,
      rows: [LISTED_BOT],
      applied: true,
    },
    {
      name: 'a bot that is listed with status 0, which the list says of working ones too',
      section: 'bots',
      target: 'bot-create:415',
      body: NEW_BOT,
      rows: [{ ...LISTED_BOT, status: 0, bot_name: ' sales' }],
      applied: true,
    },
    {
      name: "another client's bot of that name",
      section: 'bots',
      target: 'bot-create:415',
      body: NEW_BOT,
      rows: [{ ...LISTED_BOT, client_id: 416 }],
      applied: false,
    },
    {
      name: 'a bot that is not listed',
      section: 'bots',
      target: 'bot-create:415',
      body: NEW_BOT,
      rows: [],
      applied: false,
    },
    {
      name: 'a bot that shows the update',
      section: 'bots',
      target: 'bot-update:93',
      body: { bot_name: 'Sales', websocket_url: 'wss://bots.example/ws', status: 0 },
      rows: [LISTED_BOT],
      applied: true,
    },
    {
      name: 'a bot that does not show it, beside one that looks like it',
      section: 'bots',
      target: 'bot-update:93',
      body: { bot_name: 'New', websocket_url: 'wss://bots.example/ws', status: 1 },
      rows: [LISTED_BOT, { ...LISTED_BOT, id: 94, bot_name: 'New' }],
      applied: false,
    },
    {
      name: 'routing by id',
      section: 'routing',
      target: 'routing-create:812',
      body: { did_id: 812, ...ROUTING },
      rows: [LISTED_ROUTING],
      applied: true,
    },
    {
      name: 'routing by number, which is listed as a JSON number',
      section: 'routing',
      target: 'routing-create:812',
      body: { did_number: '918011223344', ...ROUTING },
      rows: [LISTED_ROUTING],
      applied: true,
    },
    {
      name: 'routing of another number',
      section: 'routing',
      target: 'routing-create:812',
      body: { did_id: 813, ...ROUTING },
      rows: [LISTED_ROUTING],
      applied: false,
    },
    {
      name: 'routing that is not what was asked for',
      section: 'routing',
      target: 'routing-update:120',
      body: { ...ROUTING, for_outbound_call: 4 },
      rows: [LISTED_ROUTING],
      applied: false,
    },
    {
      name: 'a mapping; what the list does not show does not count',
      section: 'dids',
      target: 'map:812',
      body: { did_id: 812, client_id: 415, call_recording: 1 },
      rows: [{ did_id: 812, client_id: '415' }],
      applied: true,
    },
    {
      name: 'a number that is mapped to another client',
      section: 'dids',
      target: 'map:812',
      body: { did_id: 812, client_id: 415, call_recording: 1 },
      rows: [{ did_id: 812, client_id: 416 }],
      applied: false,
    },
    {
      name: 'a client',
      section: 'clients',
      target: 'client-create:nila.702',
      body: NEW_CLIENT,
      rows: [LISTED_CLIENT],
      applied: true,
    },
    {
      name: 'a client that was to be switched off',
      section: 'clients',
      target: 'client-update:702',
      body: { first_name: 'Nila', is_active: 0 },
      rows: [LISTED_CLIENT],
      applied: false,
    },
  ])('$name', ({ section, target, body, rows, applied }) => {
    expect(proveRequests([asked(target, body)], snapshotOf(section, rows), HOLD_MS)).toEqual({
      applied: applied ? ['7'] : [],
      notApplied: applied ? [] : ['7'],
    });
  });

  it('stays open while it may still take effect, and while the list is not complete', () => {
    const open = [asked('bot-create:415', NEW_BOT)];
    const nothing = { applied: [], notApplied: [] };
    for (const rows of [[LISTED_BOT], []]) {
      expect(proveRequests(open, snapshotOf('bots', rows, PROVEN_AT - 1), HOLD_MS)).toEqual(nothing);
    }
    const bots = { status: 'truncated', rows: [{ raw: LISTED_BOT }], message: '' };
    expect(proveRequests(open, { ...snapshotOf('bots', []), bots } as unknown as Snapshot, HOLD_MS)).toEqual(nothing);
  });

  it.each([
    { what: 'a create', target: 'bot-create:415', body: NEW_BOT, identity: 1, told: false },
    { what: 'an update of it', target: 'bot-update:93', body: NEW_BOT, identity: 93, told: false },
    { what: 'an update, which may be of it', target: 'bot-update:93', body: NEW_BOT, identity: null, told: false },
    { what: 'an update of another', target: 'bot-update:93', body: NEW_BOT, identity: 94, told: true },
  ] as const)(
    'of $what that a row which cannot be read may hide is told: $told',
    ({ target, body, identity, told }) => {
      const row = { identity, why: 'no id', key: null, clientId: null, didId: null, beside: new Set<never>() };
      const bots = { status: 'complete', rows: [], setAside: [row] } as const;
      const { notApplied } = proveRequests([asked(target, body)], { ...snapshotOf('bots', []), bots }, HOLD_MS);
      expect(notApplied).toEqual(told ? ['7'] : []);
    },
  );

  it('is told by a list that shows it, whatever else cannot be read', () => {
    const row = { identity: null, why: 'no id', key: null, clientId: null, didId: null, beside: new Set<never>() };
    const snapshot = snapshotOf('bots', [LISTED_BOT]);
    const bots = { ...snapshot.bots, setAside: [row] } as Snapshot['bots'];
    expect(proveRequests([asked('bot-create:415', NEW_BOT)], { ...snapshot, bots }, HOLD_MS).applied).toEqual(['7']);
  });
});
