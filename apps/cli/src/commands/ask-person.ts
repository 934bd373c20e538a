import { createInterface } from 'node:readline/promises';
import { EXIT, Failure } from '../failure';
import type { Run } from '../run';
import { isInteractive } from '../surroundings';

export interface Consent {
  /** Given with `--yes`. */
  readonly isGiven: boolean;
  /** It takes something away: without a terminal it must be given. */
  readonly isDestructive: boolean;
}

/** Asks the person at the terminal; throws unless the answer is yes. Elsewhere only what takes something away needs --yes. */
export const mustAgree = async (
  { around }: Run,
  question: string,
  { isGiven, isDestructive }: Consent,
): Promise<void> => {
  if (isGiven) return;
  if (!isInteractive(around)) {
    if (!isDestructive) return;
    throw new Failure(`${question} There is no terminal to ask at: give --yes. Nothing was done.`);
  }
  const reader = createInterface({ input: around.stdin, output: around.stderr });
  try {
    const answer = await reader.question(`${question} [y/N] `, { signal: around.signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    reader.close();
  }
  throw new Failure('Nothing was done.', around.signal.aborted ? EXIT.interrupted : EXIT.failed);
};
