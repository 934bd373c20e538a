import { parseArgs } from 'node:util';
import {
  DEFAULT_CREDENTIALS,
  DEFAULT_DIDS,
  DEFAULT_HOST,
  DEFAULT_SEED,
  type SimulatorOptions,
} from './simulator-options';

export type CommandLine =
  | { readonly kind: 'run'; readonly options: SimulatorOptions }
  | { readonly kind: 'help'; readonly text: string }
  /** A sentence for the person who typed it. */
  | { readonly kind: 'error'; readonly sentence: string };

const DEFAULT_PORT = 4010;
const MAX_DIDS = 1_000_000;

const HELP = `VoiceLink simulator: a stateful stand-in for the VoiceLink reseller API.

  --port P        port to listen on, 0 for any free one (default ${String(DEFAULT_PORT)})
  --host H        address to listen on (default ${DEFAULT_HOST})
  --seed S        whole number; the same seed gives the same data (default ${String(DEFAULT_SEED)})
  --dids N        number of purchased DIDs, up to ${String(MAX_DIDS)} (default ${String(DEFAULT_DIDS)})
  --username U    the reseller's user name (default ${DEFAULT_CREDENTIALS.username})
  --password PW   the reseller's password (default ${DEFAULT_CREDENTIALS.password})
  --state FILE    take the account up from this file, if it exists, and leave it there at the end (default: nothing is kept)
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
  dids: text(String(DEFAULT_DIDS)),
  username: text(DEFAULT_CREDENTIALS.username),
  password: text(DEFAULT_CREDENTIALS.password),
  state: { type: 'string' },
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
        port: whole('port', values.port, 65_535),
        seed: whole('seed', values.seed, Number.MAX_SAFE_INTEGER),
        dids: whole('dids', values.dids, MAX_DIDS),
        host: filled('host', values.host),
        username: filled('username', values.username),
        password: filled('password', values.password),
        openAdmin: values['open-admin'],
        ...(values.state === undefined ? {} : { stateFile: filled('state', values.state) }),
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(/\.\s|\n/)[0] ?? '') : String(error);
    return { kind: 'error', sentence: `${reason.replace(/\.$/, '')}. Run with --help to see all options.` };
  }
};

const whole = (flag: string, given: string, max: number): number => {
  const value = /^\d+$/.test(given) ? Number(given) : NaN;
  if (value <= max) return value;
  throw new Error(`--${flag} must be a whole number from 0 to ${String(max)}, not "${given}"`);
};

const filled = (flag: string, given: string): string => {
  if (given.trim() !== '') return given;
  throw new Error(`--${flag} must not be empty`);
};
