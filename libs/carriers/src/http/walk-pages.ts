import type { CarrierFailure, ListedNumber, NumberListing } from '../port';
import type { Reply } from './classify';
import { failureOf } from './outcomes';

/** One page of a list of numbers. */
export interface NumbersPage<Next> {
  readonly numbers: readonly ListedNumber[];
  /** What the next page is asked for with; null: this is the last one. */
  readonly next: Next | null;
}

/** Far more than an account has numbers. */
const MAX_PAGES = 500;

/** Reads page after page. A page that fails, is no list or leads back ends the walk, and the listing says that it is not complete. */
export const walkPages = async <Next>(
  first: Next,
  ask: (page: Next) => Promise<Reply>,
  read: (body: unknown, page: Next) => NumbersPage<Next> | null,
): Promise<NumberListing> => {
  const numbers: ListedNumber[] = [];
  const asked = new Set<string>();
  const stop = (failure: CarrierFailure): NumberListing => ({ kind: 'listed', numbers, complete: false, failure });
  for (let page: Next | null = first; page !== null;) {
    const key = JSON.stringify(page);
    if (asked.has(key) || asked.size >= MAX_PAGES)
      return stop(failureOf('unavailable', null, 'the pages of the list do not end'));
    asked.add(key);
    const reply: Reply = await ask(page);
    if (reply.kind !== 'ok') return stop(reply.failure);
    const found: NumbersPage<Next> | null = read(reply.body, page);
    if (found === null) return stop(failureOf('unavailable', null, 'the answer is no list of numbers'));
    numbers.push(...found.numbers);
    page = found.next;
  }
  return { kind: 'listed', numbers, complete: true };
};
