export { beginSpan, currentTraceparent, isTracing, traced, traceFields } from './ambient';
export { openTracing, type Tracing } from './open-tracing';
export type { TracingSettings } from './settings';
export type { OpenSpan } from './tracer';
