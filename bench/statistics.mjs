/** The middle one, the mean of the middle two. */
export function medianOf(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The least that `share` of all samples do not exceed: of few, the largest. */
export const percentileOf = (samples, share) =>
  [...samples].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * samples.length) - 1)];
