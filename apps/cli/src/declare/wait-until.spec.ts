import type { Gateway } from '../gateway/gateway';
import { readyStanding, waitUntil } from './wait-until';

const MANY = 250;
const KEYS = Array.from({ length: MANY }, (_, nth) => `9180112${String(nth).padStart(5, '0')}`);

interface Query {
  readonly cursor?: string;
  readonly limit: number;
  readonly fields?: string;
}

const READY = [
  { type: 'Ready', status: 'True', observed_generation: 1 },
  { type: 'DataFresh', status: 'True' },
];
const WORKING = [
  { type: 'Ready', status: 'False' },
  { type: 'WritesAllowed', status: 'True' },
];

/** Lists of a gateway on which `step` more numbers are READY at each glance. */
class Lists {
  readonly asked: Query[] = [];
  private ready = 0;

  constructor(private readonly step: number) {}

  readonly gateway = {
    ask: async (call: (base: object) => Promise<{ data: { data: object } }>) =>
      (
        await call({
          client: { get: ({ query }: { query: Query }) => Promise.resolve({ data: { data: this.page(query) } }) },
        })
      ).data.data,
  } as unknown as Gateway;

  private page(query: Query): object {
    this.asked.push(query);
    if (query.fields === 'compact') this.ready += this.step;
    const from = Number(query.cursor ?? 0);
    const to = from + query.limit;
    const rows = KEYS.slice(from, to).map((key, nth) => this.row(key, from + nth < this.ready));
    return { bindings: rows, numbers: rows, next_cursor: to < MANY ? String(to) : null };
  }

  private row(key: string, isReady: boolean): object {
    return {
      ...{ key, generation: 1, state: isReady ? 'READY' : 'NO_BOT', stale: false },
      declaration: { outcome: isReady ? 'settled' : 'progressing' },
      status: { conditions: isReady ? READY : WORKING },
    };
  }

  /** Requests for compact rows, and for whole ones. */
  get counts(): readonly [number, number] {
    const glances = this.asked.filter(({ fields }) => fields === 'compact').length;
    return [glances, this.asked.length - glances];
  }
}

const PAGES = Math.ceil(MANY / 100);

const waitedOn = async (lists: Lists, timeoutMs: number) => {
  const told: number[] = [];
  const waiting = await waitUntil(lists.gateway, new Set(KEYS), {
    ...{ query: {}, standing: readyStanding, timeoutMs, signal: new AbortController().signal },
    after: ({ there }) => told.push(there.size),
    between: (there) => told.push(there),
  });
  return { waiting, told };
};

describe('waiting for many to be READY', () => {
  it('glances at a thousand at a time while more get there, and looks at each once at the end', async () => {
    const lists = new Lists(125);
    const { waiting, told } = await waitedOn(lists, 60_000);
    expect(waiting.there.size).toBe(MANY);
    expect(told).toEqual([125, MANY, MANY]);
    expect(lists.counts).toEqual([2, PAGES]);
  });

  it('looks at each when none gets there, as some may be stuck', async () => {
    const lists = new Lists(0);
    const { waiting } = await waitedOn(lists, 2_000);
    expect(waiting.underWay.size).toBe(MANY);
    expect(lists.counts).toEqual([2, PAGES]);
  });
});
