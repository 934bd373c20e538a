/** What only one of two lists has, each in its order. */
export interface ListDifference<Item> {
  readonly gone: readonly Item[];
  readonly come: readonly Item[];
}

/** How far the next common item is looked for before two items are taken for one that was replaced. */
const LOOKED_AHEAD = 8;

/**
 * What became of a list of which each item is there once. Two lists of hundred thousands that are alike but for some items are compared place by place,
 * and only what does not match is looked up.
 */
export const differenceOf = <Item>(before: readonly Item[], after: readonly Item[]): ListDifference<Item> => {
  if (before === after) return NO_DIFFERENCE;
  const [left, right] = unmatched(before, after);
  if (left.length === 0 && right.length === 0) return NO_DIFFERENCE;
  const were = new Set(left);
  const are = new Set(right);
  return { gone: left.filter((item) => !are.has(item)), come: right.filter((item) => !were.has(item)) };
};

const NO_DIFFERENCE: ListDifference<never> = { gone: [], come: [] };

/** Items of either list that were not met in the other one while both were walked in step. */
const unmatched = <Item>(
  before: readonly Item[],
  after: readonly Item[],
): readonly [left: readonly Item[], right: readonly Item[]] => {
  const [left, right] = [[] as Item[], [] as Item[]];
  let [from, to] = [0, 0];
  while (from < before.length && to < after.length) {
    if (before[from] === after[to]) {
      from += 1;
      to += 1;
      continue;
    }
    const [passed, added] = stepsToNext([before, from], [after, to]);
    for (let nth = 0; nth < passed; nth += 1, from += 1) left.push(before[from] as Item);
    for (let nth = 0; nth < added; nth += 1, to += 1) right.push(after[to] as Item);
  }
  return [left.concat(before.slice(from)), right.concat(after.slice(to))];
};

type Place<Item> = readonly [list: readonly Item[], at: number];

/** How many items of each list come before one that both have. */
const stepsToNext = <Item>([before, from]: Place<Item>, [after, to]: Place<Item>): readonly [number, number] => {
  for (let ahead = 1; ahead <= LOOKED_AHEAD; ahead += 1) {
    if (from + ahead < before.length && before[from + ahead] === after[to]) return [ahead, 0];
    if (to + ahead < after.length && after[to + ahead] === before[from]) return [0, ahead];
  }
  return [1, 1];
};
