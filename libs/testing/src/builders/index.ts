export * from './arbitraries';
export * from './deep-freeze';
export * from './ids';
export * from './number-spellings';
export * from './model-world';
export * from './observed';
export * from './remote';
