export * from './controller-metrics';
export * from './dialtone-metrics';
export * from './registry';
