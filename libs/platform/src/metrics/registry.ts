import { collectDefaultMetrics, Registry } from 'prom-client';
import { registerDroppedLines } from './dropped-lines';

export { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A registry of one process's own (the global one would leak between tests), with the metrics of Node itself and of the log. */
export const createRegistry = (): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerDroppedLines(registry);
  return registry;
};
