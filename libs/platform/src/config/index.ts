export * from './apps';
export { ConfigError, type ConfigProblem, type Environment } from './variable';
export { tracingSettings } from './tracing-settings';
