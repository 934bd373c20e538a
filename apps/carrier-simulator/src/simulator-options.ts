import type { ClockMode } from './clock';
import type { LifeOptions } from './life-options';

export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_SEED = 1;
export const DEFAULT_NUMBERS = 3;

export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly seed?: number;
  /** Phone numbers of each account. */
  readonly numbers?: number;
  /** `manual`: calls go on only when the admin API moves the clock. */
  readonly clock?: ClockMode;
  /** How calls go. */
  readonly life?: Partial<LifeOptions>;
  /** Lets the admin API answer callers from other machines. */
  readonly openAdmin?: boolean;
}
