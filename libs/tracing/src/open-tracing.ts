import { installTracer } from './ambient';
import { openTelemetry } from './open-telemetry';
import type { TracingSettings } from './settings';

/** What a process does at its end. */
export interface Tracing {
  /** Sends the spans that are left. */
  close(): Promise<void>;
}

/** Traces this process from now on; with no settings nothing is loaded, and nothing is ever traced. */
export const openTracing = async (
  settings: TracingSettings | null,
  onTrouble: (message: string) => void,
): Promise<Tracing> => {
  if (settings === null) return { close: () => Promise.resolve() };
  const tracer = await openTelemetry(settings, onTrouble);
  installTracer(tracer);
  return {
    close: () => {
      installTracer(null);
      return tracer.close();
    },
  };
};
