import { setTimeout as sleep } from 'node:timers/promises';
import type { BindingDto } from '../api/types.gen';
import type { Gateway } from '../gateway/gateway';
import { bindingPages, type BindingsQuery } from '../gateway/pages';

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

const MS_PER_SECOND = 1_000;
const LEAST_PAUSE_MS = 1_000;
/** A page a second is the default rate limit; a fifth of it stays for others. */
const PAGE_PAUSE_MS = 1_250;

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

export interface WaitTerms {
  readonly query: BindingsQuery;
  readonly standing: (row: BindingDto) => Standing;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly after: (waiting: Waiting) => void;
}

/**
 * Looks again and again until each number is there, or none of the others goes on by itself, or the time is up. What is
 * stuck does not end it while others go on: a person may mend it meanwhile.
 */
export const waitUntil = async (gateway: Gateway, keys: ReadonlySet<string>, terms: WaitTerms): Promise<Waiting> => {
  const deadline = performance.now() + terms.timeoutMs;
  for (;;) {
    const waiting = await look(gateway, keys, terms.query, terms.standing);
    terms.after(waiting);
    const pause = Math.max(LEAST_PAUSE_MS, waiting.pages * PAGE_PAUSE_MS);
    const isOver = waiting.underWay.size === 0 && waiting.missing.size === 0;
    if (isOver || performance.now() + pause > deadline) return waiting;
    await sleep(Math.min(pause, 60 * MS_PER_SECOND), undefined, { signal: terms.signal });
  }
};
