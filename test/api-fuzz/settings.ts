const DEFAULT_REQUESTS = 12_000;
const DEFAULT_SEED = 20_261_121;
/** One sequence of 500 requests between neighbours beside so many. */
const REQUESTS_PER_SEQUENCE = 2_000;
const DEFAULT_SEQUENCES = 1;

// eslint-disable-next-line no-restricted-syntax -- how `npm run fuzz` hands its arguments on
const environment = process.env;

const whole = (name: string, fallback: number): number => {
  const text = environment[name];
  const value = text === undefined || text === '' ? fallback : Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`${name} must be a whole number.`);
};

export interface FuzzSettings {
  readonly requests: number;
  readonly seed: number;
  /** Of 500 requests each, of one partner beside another. */
  readonly sequences: number;
  /** Prints what was asked how often. */
  readonly verbose: boolean;
}

/** The same requests in every run, so that a red test is the change's doing; `npm run fuzz` asks others. */
export const fuzzSettings = (): FuzzSettings => ({
  requests: whole('FUZZ_REQUESTS', DEFAULT_REQUESTS),
  sequences: Math.max(
    1,
    Math.floor(whole('FUZZ_REQUESTS', DEFAULT_SEQUENCES * REQUESTS_PER_SEQUENCE) / REQUESTS_PER_SEQUENCE),
  ),
  seed: whole('FUZZ_SEED', DEFAULT_SEED),
  verbose: environment['FUZZ_VERBOSE'] !== undefined,
});
