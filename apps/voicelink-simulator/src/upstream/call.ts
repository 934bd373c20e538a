import { type Body } from '../world/fields';
import { type World } from '../world/world';
import { type Simulator } from '../simulator';

/** The parts of a request that an endpoint needs. */
export interface Call {
  readonly simulator: Simulator;
  /** The account that lists are read from. */
  readonly world: World;
  readonly body: Body;
  readonly query: Body;
  readonly token: string | null;
  /** The `{id}` of the path; 0, which no record has, when it is missing or no number. */
  readonly id: number;
}
