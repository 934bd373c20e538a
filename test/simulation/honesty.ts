import { FACT_OF } from '@dialtone/domain';
import type { KeyUpdate, StoredKey } from '@dialtone/engine';
import { Violation } from './invariants';
import type { Known, Truth } from './truth';

/** The longest time in which one run of the reconciler looks at a DID twice. */
const LOOKS_FOR_MS = 10_000;

/** Throws a Violation unless what is about to be stored was true at some time since it was observed. */
export const mustBeHonest = (
  update: KeyUpdate,
  stored: StoredKey | null,
  { truth, ...known }: Omit<Known, 'memory'> & { readonly truth: Truth },
): void => {
  const { observation, readiness } = update;
  // A process that was frozen after it had judged: something newer is stored, and this is left out.
  if (stored !== null && stored.observedAt > observation.observedAt) return;
  const lie = readiness.complete ? truth.explain(update, { ...known, memory: stored?.presence ?? null }) : null;
  if (lie !== null) throw new Violation(`${observation.key} is judged ${lie} (${JSON.stringify(observation)})`);
  mustHaveBeenMissing(update, stored, truth);
};

/** What was there is remembered as absent only when it was missing, whatever the verdict: one list alone may lack a row. */
const mustHaveBeenMissing = ({ observation }: KeyUpdate, stored: StoredKey | null, truth: Truth): void => {
  const { key, presence, observedAt } = observation;
  for (const section of ['dids', 'routing'] as const) {
    const fact = FACT_OF[section];
    const was = stored?.presence[fact];
    if (presence[fact] !== 'absent' || (was !== 'present' && was !== 'suspect')) continue;
    if (truth.wasMissing(section, key, observedAt - LOOKS_FOR_MS)) continue;
    throw new Violation(`the ${fact} of ${key} is remembered as absent, and it was there all the time`);
  }
};
