import { scaleLinear } from 'd3-scale';
import { area, stack } from 'd3-shape';
import { TIMES } from './collect.mjs';
import { seriesColour, stepsOf, THEME } from './colours.mjs';
import { COUNT, isDrawn, pathOf, seriesOf } from './series.mjs';
import { cut, element, text, widthOf } from './svg.mjs';
import { written } from './units.mjs';

const SMALL = 11;
const AXIS = 68;
const ENTRY = { line: 16, mark: 20, gap: 12, lines: 3 };
const TICKS = 4;

const MINUTE = 60 / TIMES.stepS;

/** Names in as many lines as they need, three at most: then it says how many more there are. */
function legendOf(series, { width, bottom }) {
  const rows = [[]];
  let at = 0;
  for (const { name, colour } of series) {
    const shown = cut(name, { width: width - ENTRY.mark, size: SMALL });
    const needed = ENTRY.mark + widthOf(shown, SMALL) + ENTRY.gap;
    if (at > 0 && at + needed - ENTRY.gap > width) {
      rows.push([]);
      at = 0;
    }
    rows.at(-1).push({ shown, colour, at });
    at += needed;
  }
  const kept = rows.slice(0, ENTRY.lines);
  const left = rows.slice(ENTRY.lines).flat().length;
  if (left > 0) {
    const dropped = kept.at(-1).pop();
    kept.at(-1).push({ shown: `and ${left + 1} more`, colour: 'none', at: dropped.at });
  }
  const top = bottom - kept.length * ENTRY.line;
  const entries = kept.flatMap((entry, row) =>
    entry.flatMap(({ shown, colour, at: x }) => {
      const y = top + (row + 1) * ENTRY.line - 4;
      return [
        element('rect', { x, y: y - 5, width: 14, height: 3, fill: colour }),
        text([x + ENTRY.mark, y], shown, { class: 's' }),
      ];
    }),
  );
  return { top, drawn: entries.join('') };
}

/** Series on top of each other, `[from, to]` a step, else from nothing; where no series has a value, `to` is null. */
const layersOf = (series, isStacked) => {
  if (!isStacked) return series.map(({ values }) => values.map((value) => [0, value]));
  const steps = Array.from({ length: COUNT }, (_, at) => series.map(({ values }) => values[at]));
  const layers = stack().keys([...series.keys()])(
    steps.map((step) => step.map((value) => (isDrawn(value) ? value : 0))),
  );
  return layers.map((layer) =>
    steps.map((step, at) => (step.some(isDrawn) ? [layer[at][0], layer[at][1]] : [0, null])),
  );
};

const upperOf = (layers, { max }) => {
  const highest = Math.max(0, ...layers.flatMap((layer) => layer.map(([, to]) => to)).filter(isDrawn));
  return Math.max(max ?? 0, highest) || 1;
};

/** The scale of values and where it has lines: round numbers, for bytes powers of two. */
function valueScale({ min = 0, unit, max }, layers, range) {
  const upper = upperOf(layers, { max });
  if (unit !== 'bytes') {
    const y = scaleLinear([min, upper], range).nice(TICKS);
    return { y, ticks: y.ticks(TICKS) };
  }
  const step = 2 ** Math.ceil(Math.log2(upper / TICKS));
  const ticks = Array.from({ length: Math.ceil(upper / step) + 1 }, (_, at) => at * step);
  return { y: scaleLinear([0, ticks.at(-1)], range), ticks };
}

const gridOf = ({ x, y, ticks, defaults }, [left, right]) => {
  const horizontal = ticks.flatMap((tick) => [
    element('path', { d: `M${left},${y(tick).toFixed(1)}H${right}`, stroke: THEME.grid }),
    text([left - 6, y(tick) + 4], written(tick, defaults), { class: 's', 'text-anchor': 'end' }),
  ]);
  const [bottom, top] = y.range();
  const vertical = Array.from({ length: Math.floor((COUNT - 1) / MINUTE) }, (_, minute) => {
    const at = x(COUNT - 1 - minute * MINUTE);
    const label = minute === 0 ? 'now' : `−${minute} min`;
    return (
      element('path', { d: `M${at.toFixed(1)},${top}V${bottom}`, stroke: THEME.grid }) +
      text([at, bottom + 14], label, { class: 's', 'text-anchor': minute === 0 ? 'end' : 'middle' })
    );
  });
  return [...horizontal, ...vertical].join('');
};

const limitsOf = ({ y, defaults }, [left, right]) =>
  stepsOf(defaults)
    .filter(([value]) => value !== null && value <= y.domain()[1])
    .map(([value, stroke]) =>
      element('path', { d: `M${left},${y(value).toFixed(1)}H${right}`, stroke, 'stroke-dasharray': '8 6' }),
    )
    .join('');

const layerOf = (layer, { x, y, colour, isStacked }) => {
  const path = pathOf(
    layer.map(([, to]) => to),
    { x, y },
  );
  const drawn = element('path', { d: path, fill: 'none', stroke: colour, 'stroke-width': 1.5 });
  if (!isStacked) return drawn;
  const surface = area(
    (_, at) => x(at),
    ([from]) => y(from),
    ([, to]) => y(to),
  )
    .defined(([, to]) => isDrawn(to))
    .digits(1)(layer);
  return element('path', { d: surface, fill: colour, 'fill-opacity': '0.3' }) + drawn;
};

/** Lines or stacked areas over time, with axes and a legend. */
export function timeSeries({ fieldConfig: { defaults, overrides } }, answers, { width, height }) {
  const series = seriesOf(answers).map((one, index) => ({
    ...one,
    colour: seriesColour({ name: one.name, index }, overrides),
  }));
  if (series.length === 0) {
    return text([width / 2, height / 2], defaults.noValue, { class: 'n', 'text-anchor': 'middle' });
  }
  const isStacked = defaults.custom.stacking.mode === 'normal';
  const layers = layersOf(series, isStacked);
  const legend = legendOf(series, { width, bottom: height });
  const edges = [AXIS, width - 4];
  const x = scaleLinear([0, COUNT - 1], edges);
  const { y, ticks } = valueScale(defaults, layers, [legend.top - 22, 6]);
  const scales = { x, y, ticks, defaults };
  const drawn = layers.map((layer, index) => layerOf(layer, { x, y, colour: series[index].colour, isStacked }));
  const limits = defaults.custom.thresholdsStyle === undefined ? '' : limitsOf(scales, edges);
  return [gridOf(scales, edges), ...drawn, limits, legend.drawn].join('');
}
