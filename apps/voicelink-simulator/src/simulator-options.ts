import { type Behaviour } from './world/behaviour';
import { type Credentials } from './simulator';

export const DEFAULT_CREDENTIALS: Credentials = { username: 'demo-reseller', password: 'demo-password' };
export const DEFAULT_DIDS = 40;
export const DEFAULT_SEED = 1;
export const DEFAULT_HOST = '127.0.0.1';

export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly seed?: number;
  /** Number of purchased DIDs. */
  readonly dids?: number;
  readonly username?: string;
  readonly password?: string;
  /** The account is read from this file at the start, if it exists, and written to it at the end. */
  readonly stateFile?: string;
  /** Lets the admin API answer callers from other machines. */
  readonly openAdmin?: boolean;
  /** Choices where the real platform's behaviour is unknown; see CHOICES. */
  readonly behaviour?: Partial<Behaviour>;
}
