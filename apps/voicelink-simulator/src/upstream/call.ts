import { type Body } from '../world/fields';
import { type Simulator } from '../simulator';

/** The parts of a request that an endpoint needs. */
export interface Call {
  readonly simulator: Simulator;
  readonly body: Body;
  readonly query: Body;
  readonly token: string | null;
  /** The `{id}` of the path; 0, which no record has, when it is missing or no number. */
  readonly id: number;
}
