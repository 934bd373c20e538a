export * from './clock';
export * from './journal';
export * from './leases';
export * from './rate-budget';
export * from './state';
export * from './upstream';
