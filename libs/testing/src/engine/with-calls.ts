/** The object with some of its calls replaced; the others run on the object itself, with its private state. */
export const withCalls = <T extends object>(target: T, calls: Partial<T>): T =>
  new Proxy(target, {
    get: (_, name) => {
      if (name in calls) return calls[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
