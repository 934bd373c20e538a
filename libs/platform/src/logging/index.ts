export * from './logger';
export { nestLogger } from './nest-logger';
