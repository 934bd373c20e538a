import { parseArgs } from 'node:util';
import { DEFAULT_HOST, DEFAULT_NUMBERS, DEFAULT_SEED, type SimulatorOptions } from './simulator-options';

export type CommandLine =
  | { readonly kind: 'run'; readonly options: SimulatorOptions }
  | { readonly kind: 'help'; readonly text: string }
  /** A sentence for the person who typed it. */
  | { readonly kind: 'error'; readonly sentence: string };

const DEFAULT_PORT = 4020;
const MAX_NUMBERS = 100_000;

const HELP = `Carrier simulator: a stateful stand-in for Twilio, Plivo, Vobiz, Exotel, Tata Smartflo, MCube and a jambonz gateway.

  --port P        port to listen on, 0 for any free one (default ${String(DEFAULT_PORT)})
  --host H        address to listen on (default ${DEFAULT_HOST})
  --seed S        whole number; the same seed gives the same ids (default ${String(DEFAULT_SEED)})
  --numbers N     phone numbers of each account, up to ${String(MAX_NUMBERS)} (default ${String(DEFAULT_NUMBERS)})
  --clock C       live, or manual: calls go on only when the admin API moves the clock (default live)
  --open-admin    let the admin API answer callers from other machines
`;

const text = (initial: string): { readonly type: 'string'; readonly default: string } => ({
  type: 'string',
  default: initial,
});
const FLAGS = {
  port: text(String(DEFAULT_PORT)),
  host: text(DEFAULT_HOST),
  seed: text(String(DEFAULT_SEED)),
  numbers: text(String(DEFAULT_NUMBERS)),
  clock: text('live'),
  'open-admin': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Never throws. */
export const parseCommandLine = (args: readonly string[]): CommandLine => {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false });
    if (values.help) return { kind: 'help', text: HELP };
    return {
      kind: 'run',
      options: {
        port: whole('port', values.port, { min: 0, max: 65_535 }),
        seed: whole('seed', values.seed, { min: 0, max: Number.MAX_SAFE_INTEGER }),
        numbers: whole('numbers', values.numbers, { min: 1, max: MAX_NUMBERS }),
        clock: clockOf(values.clock),
        host: filled('host', values.host),
        openAdmin: values['open-admin'],
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(/\.\s|\n/)[0] ?? '') : String(error);
    return { kind: 'error', sentence: `${reason.replace(/\.$/, '')}. Run with --help to see all options.` };
  }
};

const whole = (flag: string, given: string, { min, max }: { readonly min: number; readonly max: number }): number => {
  const value = /^\d+$/.test(given) ? Number(given) : NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`--${flag} must be a whole number from ${String(min)} to ${String(max)}, not "${given}"`);
};

const clockOf = (given: string): 'live' | 'manual' => {
  if (given === 'live' || given === 'manual') return given;
  throw new Error(`--clock must be live or manual, not "${given}"`);
};

const filled = (flag: string, given: string): string => {
  if (given.trim() !== '') return given;
  throw new Error(`--${flag} must not be empty`);
};
