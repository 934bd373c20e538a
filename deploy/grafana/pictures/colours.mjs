/** Grafana's dark theme. */
export const THEME = {
  page: '#111217',
  panel: '#181b1f',
  border: '#2c3235',
  text: '#ccccdc',
  weak: '#8e8e9c',
  grid: '#2a2d33',
};

const NAMED = {
  green: '#73BF69',
  red: '#F2495C',
  orange: '#FF9830',
  yellow: '#FADE2A',
  blue: '#5794F2',
  purple: '#B877D9',
  transparent: 'none',
};
/** In the order in which series get them: Grafana's classic palette. */
const PALETTE = [
  ...['#73BF69', '#F2CC0C', '#8AB8FF', '#FF780A', '#F2495C', '#5794F2', '#B877D9', '#705DA0', '#37872D', '#FADE2A'],
  ...['#447EBC', '#C15C17', '#890F02', '#0A437C', '#6D1F62', '#584477', '#B7DBAB', '#F4D598', '#70DBED', '#F9BA8F'],
];

const named = (name) => {
  if (NAMED[name] === undefined) throw new Error(`No picture knows the colour ${name}.`);
  return NAMED[name];
};

/** `/pattern/` as dashboards write it. */
const matches = (pattern, name) => new RegExp(pattern.slice(1, -1)).test(name);

/** The colour of a series: that of the last override which names it, or the next one of the palette. */
export const seriesColour = ({ name, index }, overrides) => {
  const own = overrides.findLast(({ matcher }) => matches(matcher.options, name));
  return own === undefined ? PALETTE[index % PALETTE.length] : named(own.properties[0].value.fixedColor);
};

/** `[value, colour]` of a panel's thresholds; the first has no value. */
export const stepsOf = ({ thresholds }) => (thresholds?.steps ?? []).map(({ value, color }) => [value, named(color)]);

/** The colour of a value; without one, that of the first step. */
export const thresholdColour = (value, defaults) => {
  const steps = stepsOf(defaults);
  const [, colour] = steps.findLast(([from]) => from === null || (value !== undefined && value >= from));
  return colour;
};
