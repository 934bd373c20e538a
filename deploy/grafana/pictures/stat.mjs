import { scaleLinear } from 'd3-scale';
import { thresholdColour } from './colours.mjs';
import { isDrawn, pathOf, seriesOf } from './series.mjs';
import { element, fittingSize, text } from './svg.mjs';
import { written } from './units.mjs';

/** Bold text is wider. */
const BOLD = 0.88;

const spark = (values, { width, height }) => {
  const drawn = values.filter(isDrawn);
  const [least, most] = [Math.min(...drawn), Math.max(...drawn)];
  const x = scaleLinear([0, values.length - 1], [0, width]);
  const y = scaleLinear([least, most === least ? least + 1 : most], [height - 3, height * 0.7]);
  return element('path', {
    d: pathOf(values, { x, y }),
    fill: 'none',
    stroke: '#fff',
    'stroke-opacity': '0.6',
    'stroke-width': 1.5,
  });
};

/** Big values on the colour of their threshold, one beside the other, each with the course that it took. */
export function stat({ title, fieldConfig: { defaults }, options }, answers, { width, height }) {
  const found = seriesOf(answers);
  const shown = found.length === 0 ? [{ name: title, values: [] }] : found;
  const each = width / shown.length;
  const tiles = shown.map(({ name, values }, index) => {
    const value = values.findLast((one) => one !== null);
    const content = value === undefined ? defaults.noValue : written(value, defaults);
    const label = shown.length === 1 ? '' : text([each / 2, 14], name, { class: 'w', 'text-anchor': 'middle' });
    const size = fittingSize(content, (each - 16) * BOLD, height * 0.42);
    return element(
      'g',
      { transform: `translate(${(index * each).toFixed(1)},0)` },
      element('rect', { width: each, height, rx: 2, fill: thresholdColour(value, defaults), 'fill-opacity': '0.85' }),
      options.graphMode === 'area' && values.length > 1 ? spark(values, { width: each, height }) : '',
      label,
      text([each / 2, height / 2 + size * 0.3], content, { class: 'v', 'font-size': size, 'text-anchor': 'middle' }),
    );
  });
  return tiles.join('');
}
