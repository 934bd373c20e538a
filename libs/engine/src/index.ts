export * from './outcome';
export * from './ports';
