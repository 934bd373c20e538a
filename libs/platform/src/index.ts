export { withEnding } from './at-the-end';
export * from './config';
export { folderAbove } from './folder-above';
export * from './health';
export * from './logging';
export * from './metrics';
export { runMain } from './run-main';
export * from './secrets';
export { SystemClock } from './system-clock';
