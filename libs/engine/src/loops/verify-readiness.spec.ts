import type { ToldNumber, ToldRecord } from '../ports/event-replay';
import { verifyReadiness } from './verify-readiness';

const number = (recordKey: string, told: Partial<ToldNumber> = {}): ToldNumber => ({
  recordKey,
  state: 'READY',
  issues: [],
  eventSeq: 5,
  ...told,
});
const record = (told: Partial<ToldRecord> = {}): ToldRecord => ({ seq: 5, state: 'READY', issues: [], ...told });

const none = { missing: [], stale: [], extra: [] };
const noBot = { state: 'NO_BOT', issues: ['NO_BOT'] } as const;

interface Case {
  readonly name: string;
  readonly numbers?: readonly ToldNumber[];
  readonly records?: readonly (readonly [string, ToldRecord | null])[];
  readonly undelivered?: readonly string[];
  readonly want: object;
}

const CASES: readonly Case[] = [
  { name: 'the same verdict', numbers: [number('a')], records: [['a', record()]], want: none },
  { name: 'a number without a record', numbers: [number('a')], want: { ...none, missing: ['a'] } },
  { name: 'a number that was never told of', numbers: [number('a', { state: 'UNKNOWN' })], want: none },
  { name: 'another state', numbers: [number('a', noBot)], records: [['a', record()]], want: { ...none, stale: ['a'] } },
  {
    name: 'the same state for other issues',
    numbers: [number('a', { state: 'NO_BOT', issues: ['NO_BOT', 'ROUTING_MISSING'] })],
    records: [['a', record(noBot)]],
    want: { ...none, stale: ['a'] },
  },
  {
    name: 'a record that is no event',
    numbers: [number('a')],
    records: [['a', null]],
    want: { ...none, stale: ['a'] },
  },
  { name: 'a record of no number', records: [['a', record()]], want: { ...none, extra: ['a'] } },
  {
    name: 'a change that came after the database was read',
    numbers: [number('a')],
    records: [['a', record({ ...noBot, seq: 6 })]],
    want: none,
  },
  {
    name: 'a change that is on its way',
    numbers: [number('a', noBot), number('b')],
    records: [['a', record({ seq: 4 })]],
    undelivered: ['a', 'b'],
    want: { ...none, onTheirWay: 2 },
  },
  {
    name: 'an older record that came again behind a newer one',
    numbers: [number('a')],
    records: [
      ['a', record()],
      ['a', record({ ...noBot, seq: 4 })],
    ],
    want: none,
  },
];

describe('verifyReadiness', () => {
  it.each(CASES)('tells of $name', async ({ numbers = [], records = [], undelivered = [], want }) => {
    const found = await verifyReadiness({
      name: 'kafka',
      numbers: { read: (after) => Promise.resolve(after === null ? numbers : []) },
      log: { undelivered: () => Promise.resolve(new Set(undelivered)) },
      topic: {
        readAll: (_, onRecord) => {
          for (const [key, told] of records) onRecord(key, told);
          return Promise.resolve();
        },
      },
    });
    expect(found).toEqual({ numbers: numbers.length, onTheirWay: 0, ...want });
  });

  it('reads all numbers, however many, before the topic', async () => {
    const all = Array.from({ length: 12_000 }, (_, nth) => number(String(nth).padStart(5, '0')));
    const order: string[] = [];
    const found = await verifyReadiness({
      name: 'kafka',
      numbers: {
        read: (after, limit) => {
          order.push('numbers');
          return Promise.resolve(all.filter(({ recordKey }) => after === null || recordKey > after).slice(0, limit));
        },
      },
      log: { undelivered: () => Promise.resolve((order.push('log'), new Set<string>())) },
      topic: { readAll: () => Promise.resolve(void order.push('topic')) },
    });
    expect([found.missing.length, order]).toEqual([12_000, ['numbers', 'numbers', 'numbers', 'log', 'topic']]);
  });
});
