export * from './accounts';
export * from './clock';
export * from './journal';
export * from './leases';
export * from './observer';
export * from './state';
export * from './upstream';
export * from './rate-budget';
