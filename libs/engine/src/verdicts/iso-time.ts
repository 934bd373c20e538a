/** Some: the moment of a sweep, that of a batch, and of those that work beside it. */
const KEPT = 8;
const texts = new Map<number, string>();

/** An instant as events tell it. Those of one sweep are told a hundred thousand times: each text is made once. */
export const isoTime = (epochMs: number): string => {
  const known = texts.get(epochMs);
  if (known !== undefined) return known;
  const text = new Date(epochMs).toISOString();
  if (texts.size >= KEPT) texts.clear();
  texts.set(epochMs, text);
  return text;
};
