/** @jest-environment <rootDir>/test/setup/plain-globals-environment.cjs */
import { leaveAnswersUnchecked } from '../../../apps/api-gateway/test/undocumented';
import { fuzzSettings } from '../settings';
import { Neighbours, type NeighbourReport } from './neighbours';

const { sequences, seed, verbose } = fuzzSettings();

/** Reads of VoiceLink's lists as they are now: who else has the login of the account may change what is in them. */
const OF_THE_ACCOUNT = [
  'GET /api/v2/voicelink/clients',
  'GET /api/v2/voicelink/dids/purchased',
  'GET /api/v2/voicelink/dids/available',
  'GET /api/v2/voicelink/bots',
  'GET /api/v2/voicelink/call-routing',
];

let neighbours: Neighbours;
beforeAll(async () => {
  leaveAnswersUnchecked();
  neighbours = await Neighbours.start();
});
afterAll(() => neighbours.stop());

const print = ({ summary, successes }: NeighbourReport): void => {
  process.stdout.write(`${JSON.stringify({ ...summary, successes: Object.fromEntries(successes) })}\n`);
};

/** One cause has many effects. */
const SHOWN = 3;

/** What must not happen, whatever the busy partner has. */
const expectUntouched = (report: NeighbourReport, mayChange: readonly string[] = []): void => {
  expect(report.byItself).toEqual([]);
  const changes = report.changes.filter(({ operation }) => !mayChange.includes(operation));
  expect(changes.slice(0, SHOWN)).toEqual([]);
  expect(report.leaks.slice(0, SHOWN)).toEqual([]);
};

describe(`500 generated requests of one partner (repeat with npm run fuzz -- ${String(2000 * sequences)} ${String(seed)})`, () => {
  it.each(Array.from({ length: sequences }, (_, nth) => seed + nth))(
    'change no answer of another, nor show anything of it: sequence %d',
    async (sequence) => {
      const report = await neighbours.run({ seed: sequence, account: 'own', requests: 500 });
      const { summary, successes, claim } = report;
      if (verbose) print(report);
      expectUntouched(report);
      expect([report.rowsChanged, report.accountChanged]).toEqual([[], false]);
      expect(claim.text).toContain('INBOUND_CONFLICT');
      expect(report.afterwards.filter(({ status }) => status >= 300)).toEqual([]);
      // Else nothing was tried, or nothing was looked at.
      expect(summary.succeeded).toBeGreaterThan(200);
      expect(successes.size).toBeGreaterThan(neighbours.routes.length * 0.7);
      expect(summary.unread).toEqual([]);
      expect(summary.replayed).toBeGreaterThan(10);
    },
  );

  it('change only VoiceLink’s own lists where both have the login of one account', async () => {
    const report = await neighbours.run({ seed, account: 'shared', requests: 200 });
    if (verbose) print(report);
    expectUntouched(report, OF_THE_ACCOUNT);
    // That a client was just made on the account is noted with each of its connections; no answer shows it.
    expect(report.rowsChanged.filter((change) => !change.startsWith('connections: '))).toEqual([]);
    expect(report.accountChanged).toBe(true);
  });
});

it('a number that a partner has only written down takes no inbound calls over', async () => {
  const { status, text } = await neighbours.claimByDefaultNumber();
  expect([status, text]).toEqual([409, expect.stringContaining('INBOUND_CONFLICT')]);
});
