import { leaveAnswersUnchecked } from '../../apps/api-gateway/test/undocumented';
import { withAliases } from '../../apps/api-gateway/test/spelled-out';
import type { OpenApiDocument } from './document';
import { Fuzz, PARTNERS_AT_ONCE, type Finding, type FuzzReport, type Tally } from './fuzz';
import { fuzzSettings } from './settings';
import { FuzzWorld } from './world';

const { requests, seed, verbose } = fuzzSettings();
/** Of the start, on a machine that does other things too. */
const START_MS = 300_000;
/** Far more than a request takes, for machines that do other things too. */
const MS_PER_REQUEST = 40;

/** Asked so often, a route must have been reached; what takes things away is asked least. */
const OFTEN = 80;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const tableOf = (tallies: readonly Tally[]): string =>
  tallies
    .map((tally) => Object.values(tally).join('\t'))
    .toSorted()
    .join('\n');

const sentenceOf = ({ operation, problem, times, request, answer }: Finding): string =>
  `${String(times)} × ${operation}: ${problem}\n      ${request}\n      ${answer}`;

describe(`${String(requests)} generated requests to every route (repeat with npm run fuzz -- ${String(requests)} ${String(seed)})`, () => {
  let world: FuzzWorld;
  let report: FuzzReport;

  beforeAll(
    async () => {
      leaveAnswersUnchecked();
      world = await FuzzWorld.start(PARTNERS_AT_ONCE);
      const answer = await world.app.inject({ method: 'GET', url: '/openapi.json' });
      const document = withAliases(answer.json<OpenApiDocument>());
      print(`Fuzzing ${String(requests)} requests with seed ${String(seed)}`);
      report = await new Fuzz(world, document).run(requests, seed);
      if (verbose)
        print(
          `operation\tsecured\tasked\tsucceeded\trefused\tupstream\trefused though valid\n${tableOf(report.tallies)}`,
        );
    },
    START_MS + requests * MS_PER_REQUEST,
  );
  afterAll(() => world.stop());

  it('are answered as documented, never with 500, and never accepted when they are invalid', () => {
    expect(report.findings.map(sentenceOf)).toEqual([]);
  });

  it('reach every route with requests that succeed and requests that are refused', () => {
    const often = report.tallies.filter(({ secured, asked }) => secured && asked >= OFTEN);
    const unreached = often.filter(({ succeeded }) => succeeded === 0).map(({ operation }) => operation);
    const unrefused = often.filter(({ refused }) => refused === 0).map(({ operation }) => operation);
    expect({ unreached, unrefused }).toEqual({ unreached: [], unrefused: [] });
  });

  it('are invalid for a good part', () => {
    expect(report.invalid).toBeGreaterThan(requests / 4);
  });
});
