export { timeToReady, type BecameReady, type ReadyFacts } from './time-to-ready';
