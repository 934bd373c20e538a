/** The same store with some methods of its own; the others are the store's. */
export const overriding = <Store extends object>(store: Store, methods: Partial<Store>): Store =>
  Object.assign(Object.create(store) as Store, methods);
