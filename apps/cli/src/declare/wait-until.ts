import { setTimeout as sleep } from 'node:timers/promises';
import type { BindingDto } from '@dialtone/client';
import type { Gateway } from '../gateway/gateway';
import { bindingPages, compactPages, PAGE, type BindingsQuery } from '../gateway/pages';

/** What is waited for, of one number: there, still under way, or not without a person. */
export type Standing = 'there' | 'under_way' | 'stuck';

export interface Waiting {
  readonly there: ReadonlySet<string>;
  /** Nothing goes on by itself. */
  readonly stuck: ReadonlyMap<string, BindingDto>;
  readonly underWay: ReadonlyMap<string, BindingDto>;
  /** Not declared, as far as the list shows. */
  readonly missing: ReadonlySet<string>;
}

const LEAST_PAUSE_MS = 1_000;
/** A page a second is the default rate limit; a fifth of it stays for others. */
const PAGE_PAUSE_MS = 1_250;
const LONGEST_PAUSE_MS = 60_000;

const conditionOf = ({ status }: BindingDto, name: string): string | undefined =>
  status.conditions.find(({ type }) => type === name)?.status;

/** READY by the present declaration and by confirmed data: what the gateway's own `wait=ready` means. */
export const readyStanding = (row: BindingDto): Standing => {
  const ready = row.status.conditions.find(({ type }) => type === 'Ready');
  const isReady = ready?.status === 'True';
  if (isReady && ready.observed_generation === row.generation && conditionOf(row, 'DataFresh') === 'True')
    return 'there';
  if (conditionOf(row, 'Stalled') === 'True') return 'stuck';
  if (isReady || conditionOf(row, 'WritesAllowed') === 'True') return 'under_way';
  return ready?.status === 'False' ? 'stuck' : 'under_way';
};

/** Looks at all of them once. */
const look = async (
  gateway: Gateway,
  keys: ReadonlySet<string>,
  query: BindingsQuery,
  standing: (row: BindingDto) => Standing,
): Promise<Waiting & { readonly pages: number }> => {
  const there = new Set<string>();
  const stuck = new Map<string, BindingDto>();
  const underWay = new Map<string, BindingDto>();
  const missing = new Set(keys);
  let pages = 0;
  for await (const page of bindingPages(gateway, query)) {
    pages += 1;
    for (const row of page) {
      if (!missing.delete(row.key)) continue;
      const is = standing(row);
      if (is === 'there') there.add(row.key);
      else (is === 'stuck' ? stuck : underWay).set(row.key, row);
    }
  }
  return { there, stuck, underWay, missing, pages };
};

/** How many look as if they were there, and whether any of the others may still get there; without what only a look tells. */
interface Glance {
  readonly there: number;
  readonly goesOn: boolean;
  readonly pages: number;
}

const glance = async (gateway: Gateway, keys: ReadonlySet<string>, query: BindingsQuery): Promise<Glance> => {
  let [there, ended, pages] = [0, 0, 0];
  for await (const page of compactPages(gateway, query)) {
    pages += 1;
    for (const { key, state, stale, declaration } of page) {
      if (!keys.has(key)) continue;
      const outcome = declaration?.outcome;
      if (outcome === 'settled' && state === 'READY' && !stale) there += 1;
      else if (outcome === 'settled' || outcome === 'stalled') ended += 1;
    }
  }
  return { there, goesOn: there + ended < keys.size, pages };
};

const pauseAfter = (pages: number): number =>
  Math.min(Math.max(LEAST_PAUSE_MS, pages * PAGE_PAUSE_MS), LONGEST_PAUSE_MS);

export interface WaitTerms {
  readonly query: BindingsQuery;
  readonly standing: (row: BindingDto) => Standing;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly after: (waiting: Waiting) => void;
  /** When READY is waited for: is told how many seem to be, while so many are that each look at all takes long. */
  readonly between?: (there: number) => void;
}

/**
 * Looks again and again until each number is there, or none of the others goes on by itself, or the time is up. What is
 * stuck does not end it while others go on: a person may mend it meanwhile.
 */
export const waitUntil = async (gateway: Gateway, keys: ReadonlySet<string>, terms: WaitTerms): Promise<Waiting> => {
  const deadline = performance.now() + terms.timeoutMs;
  for (;;) {
    await untilWorthALook(gateway, keys, terms, deadline);
    const waiting = await look(gateway, keys, terms.query, terms.standing);
    terms.after(waiting);
    const pause = pauseAfter(waiting.pages);
    const isOver = waiting.underWay.size === 0 && waiting.missing.size === 0;
    if (isOver || performance.now() + pause > deadline) return waiting;
    await sleep(pause, undefined, { signal: terms.signal });
  }
};

/** Glances while more and more get there: a look at thousands takes a minute of the rate limit, a glance a few requests. */
const untilWorthALook = async (
  gateway: Gateway,
  keys: ReadonlySet<string>,
  { query, signal, between }: WaitTerms,
  deadline: number,
): Promise<void> => {
  if (between === undefined || keys.size <= PAGE) return;
  for (let before = -1; ;) {
    const { there, goesOn, pages } = await glance(gateway, keys, query);
    between(there);
    const pause = pauseAfter(pages);
    if (!goesOn || there === before || performance.now() + pause > deadline) return;
    before = there;
    await sleep(pause, undefined, { signal });
  }
};
