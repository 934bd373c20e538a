/** Steps of a unit: from which value on it is divided by that, and what is written after it. */
const UNITS = {
  short: [
    [0, 1, ''],
    [1e3, 1e3, ' K'],
    [1e6, 1e6, ' Mil'],
    [1e9, 1e9, ' Bil'],
  ],
  s: [
    [0, 1e-6, ' µs'],
    [1e-3, 1e-3, ' ms'],
    [1, 1, ' s'],
    [60, 60, ' mins'],
    [3600, 3600, ' hours'],
    [86_400, 86_400, ' days'],
    [604_800, 604_800, ' weeks'],
    [31_536_000, 31_536_000, ' years'],
  ],
  bytes: [
    [0, 1, ' B'],
    [1024, 1024, ' KiB'],
    [1024 ** 2, 1024 ** 2, ' MiB'],
    [1024 ** 3, 1024 ** 3, ' GiB'],
  ],
  percentunit: [[0, 0.01, '%']],
  reqps: [
    [0, 1, ' req/s'],
    [1e3, 1e3, 'K req/s'],
  ],
  ops: [
    [0, 1, ' ops/s'],
    [1e3, 1e3, 'K ops/s'],
  ],
};

/** As many decimals as Grafana shows where none are set: three significant digits. */
const decimalsOf = (value) => (value % 1 === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));

/** Nothing is said in the unit itself, not in millionths. */
const stepOf = (value, steps) =>
  (value === 0 ? steps.find(([, divisor]) => divisor === 1) : steps.findLast(([from]) => Math.abs(value) >= from)) ??
  steps[0];

/**
 * A value as Grafana writes it in that unit.
 * @param {number} value
 * @param {{unit?: string, decimals?: number}} defaults those of a panel's fields
 */
export const written = (value, { unit = 'short', decimals }) => {
  const steps = UNITS[unit];
  if (steps === undefined) throw new Error(`No picture knows the unit ${unit}.`);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : `${value < 0 ? '-' : ''}Inf`;
  const [, divisor, suffix] = stepOf(value, steps);
  const scaled = Number((value / divisor).toPrecision(12));
  return `${Number(scaled.toFixed(decimals ?? decimalsOf(scaled)))}${suffix}`;
};
