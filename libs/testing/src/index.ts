export * from './builders';
export * from './voicelink';
export { ManualClock } from './clock';
export * from './network';
export * from './stores';
export * from './engine';
