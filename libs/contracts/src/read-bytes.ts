/** Text, or null for anything that is none: what is not UTF-8 is no text. */
export const textIn = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  if (!ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(value as Uint8Array);
  } catch {
    return null;
  }
};

const entriesIn = (headers: unknown): readonly (readonly [unknown, unknown])[] => {
  if (typeof headers !== 'object' || headers === null) return [];
  if (Array.isArray(headers))
    return headers.flatMap((one: unknown) => (Array.isArray(one) ? [[one[0], one[1]] as const] : entriesIn(one)));
  return headers instanceof Map ? [...(headers as Map<unknown, unknown>)] : Object.entries(headers);
};

/** The first value of each header by its name: of an object (kafkajs), of pairs or a map, and of a list of objects (librdkafka). */
export const headerValuesIn = (headers: unknown): ReadonlyMap<string, unknown> => {
  const found = new Map<string, unknown>();
  for (const [name, value] of entriesIn(headers)) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof name === 'string' && first !== undefined && first !== null && !found.has(name)) found.set(name, first);
  }
  return found;
};
