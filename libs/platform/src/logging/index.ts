export * from './logger';
export * from './logging.module';
export { scrub } from './scrub';
