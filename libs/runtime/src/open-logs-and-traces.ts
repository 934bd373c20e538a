import {
  createLogger,
  onceAMinute,
  tracingSettings,
  type GatewayConfig,
  type Logger,
  type ReconcilerConfig,
} from '@dialtone/platform';
import { openTracing, traceFields, type Tracing } from '@dialtone/tracing';

export interface LogsAndTraces {
  readonly logger: Logger;
  readonly tracing: Tracing;
}

/** How a process tells of what it does. While it is traced, lines name the trace that they belong to. */
export const openLogsAndTraces = async (
  config: GatewayConfig | ReconcilerConfig,
  app: 'api-gateway' | 'reconciler',
): Promise<LogsAndTraces> => {
  const settings = tracingSettings(config, app);
  const logger = createLogger({
    name: app,
    level: config.logLevel,
    revision: config.buildRevision,
    ...(settings !== null && { fields: traceFields }),
  });
  const tell = onceAMinute(logger.warn.bind(logger), Date.now);
  const tracing = await openTracing(settings, (reason) => {
    tell({ reason }, 'Traces could not be sent; they are lost');
  });
  return { logger, tracing };
};
