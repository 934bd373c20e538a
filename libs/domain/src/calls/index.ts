export * from './call-status';
export * from './heard-of-call';
export * from './watch-call';
