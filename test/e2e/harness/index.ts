export * from './child';
export * from './event-reader';
export * from './eventually';
export * from './http';
export * from './simulator-client';
export * from './gateway-client';
export * from './system';
