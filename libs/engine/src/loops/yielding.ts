import type { Clock } from '../ports/clock';

type Turns = Pick<Clock, 'nextTurn'>;

/** Items that are worked on before others get their turn: some milliseconds. */
const ITEMS_PER_TURN = 500;

/** Works through what may be very many items without keeping the process from everything else meanwhile. */
export const inTurns = async <Item>(clock: Turns, items: Iterable<Item>, work: (item: Item) => void): Promise<void> => {
  let done = 0;
  for (const item of items) {
    if (done > 0 && done % ITEMS_PER_TURN === 0) await clock.nextTurn();
    work(item);
    done += 1;
  }
};

/** What `each` makes of the items, in their order; nothing of those of which it makes null. */
export const collectInTurns = async <Item, Result>(
  clock: Turns,
  items: Iterable<Item>,
  each: (item: Item) => Result | null,
): Promise<Result[]> => {
  const results: Result[] = [];
  await inTurns(clock, items, (item) => {
    const result = each(item);
    if (result !== null) results.push(result);
  });
  return results;
};
