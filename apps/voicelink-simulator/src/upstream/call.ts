import { type Body } from '../world/fields';
import { type Simulator } from '../simulator';

/** One request, as far as an endpoint needs it. */
export interface Call {
  readonly simulator: Simulator;
  readonly body: Body;
  readonly query: Body;
  readonly token: string | null;
  /** The `{id}` of the path; 0 when there is none or it is no number, which no record has. */
  readonly id: number;
}
