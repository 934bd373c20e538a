export * from './engine-bed';
export * from './with-calls';
