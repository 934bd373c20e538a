import type { ErrorCode } from '../../src/http/errors/api-error';
import type { LIMITED, LimitAnswer, LimitWorld, Party, Sent } from './limit-world';

/** One thing of which a partner may have, or send, only so much. */
export interface Limit {
  /** As in docs/limits.md. */
  readonly name: string;
  /** The environment variable; null: the same everywhere. */
  readonly setting: keyof typeof LIMITED | null;
  readonly code: ErrorCode;
  /** What the refusal says: how much it is, and of what. */
  readonly says: RegExp;
  /** Whether waiting helps; then `Retry-After` says how long. */
  readonly heals: boolean;
  /** Asks for one more than may be; the last answer is the refusal. */
  readonly exceed: (world: LimitWorld, party: Party) => Promise<LimitAnswer>;
  /** What another partner may still do meanwhile; null: the limit is of one request. */
  readonly neighbour: ((party: Party) => Sent) | null;
}
