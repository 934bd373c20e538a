import { readyStanding, waitUntil, type Waiting } from '../declare/wait-until';
import { EXIT, Failure, type ExitCode } from '../failure';
import type { Gateway } from '../gateway/gateway';
import { Progress } from '../output/progress';
import { stateOf, whyOf } from '../output/shapes';
import { countOf, numbersOf, shown } from '../output/texts';
import type { Run } from '../run';

const MOST_SHOWN = 20;

/** What blocks the first of those that are not there. */
export const blockers = ({ stuck, underWay, missing }: Waiting): string => {
  const rows = [...stuck.values(), ...underWay.values()];
  const lines = rows.map((row) => `  ${row.phone_number}  ${stateOf(row.readiness)}  ${shown(whyOf(row))}`);
  const all = [...lines, ...[...missing].map((key) => `  +${key}  is not declared`)];
  const more = all.length - MOST_SHOWN;
  return [...all.slice(0, MOST_SHOWN), ...(more > 0 ? [`  … and ${countOf(more)} more`] : [])].join('\n');
};

/** Waits for all of them and tells how far they are. Ctrl-C ends the waiting only: the reconcilers go on. */
export const waitForReady = async (
  run: Run,
  gateway: Gateway,
  keys: ReadonlySet<string>,
  timeoutMs: number,
): Promise<ExitCode> => {
  const progress = new Progress(run.around, 'READY', keys.size);
  let ready = 0;
  const after = ({ there, stuck }: Waiting): void => {
    ready = there.size;
    progress.at(ready, stuck.size > 0 ? `${countOf(stuck.size)} need a person` : '');
  };
  try {
    const between = (there: number): void => {
      ready = there;
      progress.at(there);
    };
    const terms = { query: {}, standing: readyStanding, timeoutMs, signal: run.around.signal, after, between };
    const waiting = await waitUntil(gateway, keys, terms);
    progress.end();
    if (waiting.there.size === keys.size) return EXIT.done;
    const why = waiting.underWay.size + waiting.missing.size > 0 ? 'The time is up' : 'The others need a person';
    run.say(`${why}: ${countOf(ready)} of ${numbersOf(keys.size)} are READY.\n${blockers(waiting)}`);
    return EXIT.different;
  } catch (error) {
    if (!run.around.signal.aborted) throw error;
    const said = `Interrupted while waiting: ${countOf(ready)} of ${numbersOf(keys.size)} are READY, and the reconcilers go on with the others.`;
    throw new Failure(said, EXIT.interrupted, { cause: error });
  }
};
