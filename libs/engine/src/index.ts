export * from './backoff';
export * from './engine';
export * from './outcome';
export * from './ports';
export * from './settings';
export * from './work-loop';
