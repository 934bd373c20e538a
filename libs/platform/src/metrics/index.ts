export * from './build-info';
export * from './controller-metrics';
export * from './database-metrics';
export * from './dialtone-metrics';
export * from './registry';
export * from './snapshot-gauges';
export * from './unreadable-values';
export * from './upstream-gate-observer';
