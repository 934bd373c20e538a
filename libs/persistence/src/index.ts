export * from './api-types';
export { createDataSource, type DataSourceSettings } from './data-source';
export * from './event-types';
export { migrate } from './migrate';
export type { SecretBox, StoreSecrets } from './secret-box';
export type { Stores } from './store-types';
export * from './work-types';
