export * from './binding';
export * from './drift';
export * from './ids';
export * from './plan-types';
export * from './readiness';
export * from './remote';
export * from './snapshot';
