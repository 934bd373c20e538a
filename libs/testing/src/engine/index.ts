export * from './engine-fixture';
export * from './with-calls';
