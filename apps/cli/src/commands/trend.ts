import { showReadinessTrend, type TrendDto, type TrendStep } from '@dialtone/client';
import type { AddCommands } from '../command-parts';
import { EXIT, Failure, type ExitCode } from '../failure';
import { Names } from '../gateway/names';
import type { Shape } from '../output/print';
import { countOf } from '../output/texts';
import type { Run } from '../run';

interface TrendFlags {
  readonly by: string;
  readonly days?: string;
  readonly connection?: string;
}

type Point = TrendDto['points'][number];

const STEPS: readonly TrendStep[] = ['hour', 'day'];
const DAYS = /^[1-9]\d{0,2}$/;

const READY = 'READY';
const UNKNOWN = 'UNKNOWN';

const readyOf = ({ by_state: states }: Point): number => states[READY] ?? 0;

/** "NO_BOT 3, ROUTING_CHANGED 1": what is wrong, the most frequent first. */
const brokenOf = ({ by_state: states }: Point): string =>
  Object.entries(states)
    .filter(([state, count]) => count > 0 && state !== READY && state !== UNKNOWN)
    .toSorted(([, a], [, b]) => b - a)
    .map(([state, count]) => `${state} ${countOf(count)}`)
    .join(', ');

const percentOf = (point: Point): string =>
  point.numbers === 0 ? '–' : `${((readyOf(point) / point.numbers) * 100).toFixed(1)} %`;

export const trendShape: Shape<Point> = {
  nameOf: ({ at }) => at,
  columns: [
    { title: 'AT', of: ({ at }) => at.replace(':00.000Z', 'Z').replace('T00:00Z', '') },
    { title: 'NUMBERS', of: ({ numbers }) => countOf(numbers) },
    { title: 'READY', of: (point) => countOf(readyOf(point)) },
    { title: 'SHARE', of: percentOf },
    { title: 'NOT READY', of: brokenOf },
    { title: 'UNKNOWN', of: ({ by_state: states }) => countOf(states[UNKNOWN] ?? 0) },
    { title: 'DECLARED', of: ({ declared }) => countOf(declared), isWide: true },
    { title: 'OLD', of: ({ stale }) => countOf(stale), isWide: true },
  ],
};

const trend = async (run: Run, { by, days, connection }: TrendFlags): Promise<ExitCode> => {
  const step = STEPS.find((known) => known === by);
  if (step === undefined) throw new Failure(`--by must be ${STEPS.join(' or ')}, and not "${by}".`);
  if (days !== undefined && !DAYS.test(days)) throw new Failure(`--days must be 1 to 999, and not "${days}".`);
  const gateway = await run.gateway();
  const query = {
    step,
    ...(days !== undefined && { days: Number(days) }),
    ...(connection !== undefined && { connection_id: await new Names(gateway).connectionId(connection) }),
  };
  const { points } = await gateway.ask((base) => showReadinessTrend({ ...base, query }));
  run.printRows(points, trendShape, 'Nothing has been counted yet; numbers are counted every ten minutes.');
  return EXIT.done;
};

export const addTrend: AddCommands = (program, act) => {
  program
    .command('trend')
    .description('Show how many numbers were READY, and why the others were not, by day or hour')
    .option('--by <step>', STEPS.join(' or '), 'day')
    .option('--days <days>', 'how many, today included; by the hour at most 8')
    .option('--connection <connection>', 'name or id')
    .action(act(trend));
};
