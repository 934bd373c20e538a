import type { Fields } from './wire/fields';

export const OUTCOMES = ['answered', 'busy', 'no_answer', 'failed', 'canceled'] as const;

/** How calls placed from now on go. All times in ms of the simulator's clock. */
export interface LifeOptions {
  readonly outcome: (typeof OUTCOMES)[number];
  /** From the request to ringing. */
  readonly ring_after_ms: number;
  /** From ringing to the answer, or to what comes instead of one. */
  readonly answer_after_ms: number;
  /** From the answer to the end. */
  readonly talk_ms: number;
}

export const DEFAULT_LIFE: LifeOptions = {
  outcome: 'answered',
  ring_after_ms: 300,
  answer_after_ms: 1_000,
  talk_ms: 3_000,
};

const MAX_MS = 86_400_000;

/** What the body changes. */
export const readLifeOptions = (fields: Fields): Partial<LifeOptions> => {
  const outcome = fields.choice('outcome', OUTCOMES);
  const ms = (name: 'ring_after_ms' | 'answer_after_ms' | 'talk_ms'): Partial<LifeOptions> => {
    const value = fields.int(name, { min: 0, max: MAX_MS });
    return value === null ? {} : { [name]: value };
  };
  return {
    ...(outcome !== null && { outcome }),
    ...ms('ring_after_ms'),
    ...ms('answer_after_ms'),
    ...ms('talk_ms'),
  };
};
