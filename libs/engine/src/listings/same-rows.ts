/** True if both have the very same rows in the same order. */
export const isSameRows = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a === b || (a.length === b.length && a.every((row, index) => row === b[index]));
