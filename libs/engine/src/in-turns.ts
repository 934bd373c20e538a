import type { Clock } from './ports/clock';

/** Items that are worked on before others get their turn: some milliseconds. */
const ITEMS_PER_TURN = 500;

/** `[...items].map(of)`, in parts between which everything else that is ready runs. */
export const mapInTurns = async <From, To>(
  clock: Pick<Clock, 'nextTurn'>,
  items: Iterable<From>,
  of: (item: From) => To,
): Promise<To[]> => {
  const mapped: To[] = [];
  for (const item of items) {
    if (mapped.length > 0 && mapped.length % ITEMS_PER_TURN === 0) await clock.nextTurn();
    mapped.push(of(item));
  }
  return mapped;
};
