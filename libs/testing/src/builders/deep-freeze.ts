const refuse = (): never => {
  throw new TypeError('Frozen: a pure function must not change its input');
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const partsOf = (value: object): Iterable<unknown> => {
  if (value instanceof Map) return [...(value as ReadonlyMap<unknown, unknown>)].flat();
  return value instanceof Set ? value.values() : Object.values(value);
};

/**
 * Freezes a value deeply and returns it. `Object.freeze` does not protect the content of a Map or a Set, so their mutators
 * throw instead.
 */
export const deepFreeze = <T>(value: T): T => {
  if (!isObject(value) || Object.isFrozen(value)) return value;
  if (value instanceof Map || value instanceof Set) {
    Object.assign(value, { set: refuse, add: refuse, delete: refuse, clear: refuse });
  }
  Object.freeze(value);
  for (const part of partsOf(value)) deepFreeze(part);
  return value;
};
