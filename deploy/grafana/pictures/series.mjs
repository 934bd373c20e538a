import { line } from 'd3-shape';
import { TIMES } from './collect.mjs';

/** So many values a series has at most. */
export const COUNT = Math.floor(TIMES.spanS / TIMES.stepS) + 1;

const nameOf = (legend, labels) => legend.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? '');

/** Where Prometheus has no value, there is null: Grafana draws a gap. */
const onGrid = (values, start) => {
  const grid = Array.from({ length: COUNT }, () => null);
  for (const [time, value] of values) grid[Math.round((time - start) / TIMES.stepS)] = Number(value);
  return grid;
};

/**
 * The series of a panel.
 * @param {{legend: string, start: number, series: object[]}[]} answers those of its queries
 * @returns {{name: string, values: (number | null)[]}[]} a value a step
 */
export const seriesOf = (answers) =>
  answers.flatMap(({ legend, start, series }) =>
    series.map(({ metric, values, value }) => ({
      name: nameOf(legend, metric),
      values: value === undefined ? onGrid(values, start) : [Number(value[1])],
    })),
  );

/** What is drawn of a value. */
export const isDrawn = (value) => Number.isFinite(value) && value !== null;

/** Steps whose value differs from one of their neighbours: the others lie on the line between them. */
export const bends = (values) =>
  [...values.keys()].filter((at) => at === 0 || values[at - 1] !== values[at] || values[at + 1] !== values[at]);

/** The path of a series on the scales; none without values. */
export const pathOf = (values, { x, y }) =>
  line(
    (at) => x(at),
    (at) => y(values[at]),
  )
    .defined((at) => isDrawn(values[at]))
    .digits(1)(bends(values)) ?? undefined;
