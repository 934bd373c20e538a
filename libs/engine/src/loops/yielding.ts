import type { Clock } from '../ports/clock';

type Turns = Pick<Clock, 'nextTurn'>;

/** Items worked on before other work gets its turn: some milliseconds. */
const ITEMS_PER_TURN = 125;

/** Works through very many items without blocking the event loop; `between` its turns may be something to wait for. */
export const inTurns = async <Item>(
  clock: Turns,
  items: Iterable<Item>,
  work: (item: Item) => void,
  between?: () => Promise<void>,
): Promise<void> => {
  let done = 0;
  for (const item of items) {
    if (done > 0 && done % ITEMS_PER_TURN === 0) {
      await clock.nextTurn();
      await between?.();
    }
    work(item);
    done += 1;
  }
};

/** Takes the steps of long work without blocking the event loop. */
export const stepByStep = async <Result>(clock: Turns, steps: Generator<undefined, Result>): Promise<Result> => {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    await clock.nextTurn();
  }
};
