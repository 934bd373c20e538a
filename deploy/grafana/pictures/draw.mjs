import { THEME } from './colours.mjs';
import { stat } from './stat.mjs';
import { element, fittingSize, text } from './svg.mjs';
import { table } from './table.mjs';
import { timeSeries } from './time-series.mjs';

const WIDTH = 1240;
const UNIT = { w: WIDTH / 24, h: 32 };
const GAP = 8;
const HEAD = 64;
const TITLE = 28;
const PADDING = 10;

const KINDS = { stat, table, timeseries: timeSeries };

const STYLE = [
  `text{font-family:Inter,Helvetica,Arial,sans-serif;fill:${THEME.text}}`,
  `.s{font-size:11px;fill:${THEME.weak}}.t{font-weight:500}.c{font-size:12px}.h{font-size:12px;font-weight:500;fill:#6e9fff}`,
  `.n{font-size:15px;fill:${THEME.weak}}.v{font-weight:600;fill:#fff}.w{font-size:11px;fill:#fff}.r{font-size:16px;font-weight:500}.d{font-size:20px;font-weight:500}`,
].join('');

const place = ({ gridPos: { x, y, w, h } }) => ({
  left: x * UNIT.w + GAP / 2,
  top: HEAD + y * UNIT.h + GAP / 2,
  width: w * UNIT.w - GAP,
  height: h * UNIT.h - GAP,
});

const at = (left, top) => `translate(${left.toFixed(1)},${top.toFixed(1)})`;

const rowOf = (panel) => {
  const { left, top, height } = place(panel);
  return text([left, top + height / 2 + 6], `⌄ ${panel.title}`, { class: 'r' });
};

function panelOf(panel, answers) {
  const draw = KINDS[panel.type];
  if (draw === undefined) throw new Error(`No picture knows panels of the type ${panel.type}: ${panel.title}.`);
  const { left, top, width, height } = place(panel);
  const inner = { width: width - 2 * PADDING, height: height - TITLE - PADDING };
  const size = fittingSize(panel.title, inner.width, 13);
  return element(
    'g',
    { transform: at(left, top) },
    element('rect', { width, height, rx: 2, fill: THEME.panel, stroke: THEME.border }),
    text([PADDING, 19], panel.title, { class: 't', 'font-size': size }),
    element('g', { transform: at(PADDING, TITLE) }, draw(panel, answers, inner)),
  );
}

const variablesOf = ({ templating }) =>
  templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, label }) => `${label ?? name}: All`)
    .join('     ');

/**
 * A dashboard as Grafana would draw it.
 * @param dashboard its JSON
 * @param {{panel: number, legend: string, start: number, series: object[]}[]} answers of its queries
 * @returns {string} an SVG document
 */
export function draw(dashboard, answers) {
  const { title, panels } = dashboard;
  const rows = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h));
  const height = HEAD + rows * UNIT.h + GAP;
  const drawn = panels.map((panel) =>
    panel.type === 'row'
      ? rowOf(panel)
      : panelOf(
          panel,
          answers.filter((answer) => answer.panel === panel.id),
        ),
  );
  return `${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height },
    element('title', {}, title),
    element('style', {}, STYLE),
    element('rect', { width: WIDTH, height, fill: THEME.page }),
    text([GAP / 2, 26], title, { class: 'd' }),
    text([GAP / 2, 50], variablesOf(dashboard), { class: 'c', 'xml:space': 'preserve' }),
    ...drawn.map((panel) => `\n${panel}`),
    '\n',
  )}\n`;
}
