export * from './logger';
export { nestLogger } from './nest-logger';
export { onceAMinute } from './once-a-minute';
