/** Each of the first with the one at its place in the second. */
export const inPairs = <A, B>(first: readonly A[], second: readonly B[]): readonly (readonly [A, B])[] =>
  first.flatMap((one, nth) => {
    const other = second[nth];
    return other === undefined ? [] : [[one, other] as const];
  });
