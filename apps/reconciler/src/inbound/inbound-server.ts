import { ensureTopics, kafkaServerOptions, type ConsumerState, type ReconcileRequestServer } from '@dialtone/messaging';
import { SystemClock, type Logger, type MessagingMetrics, type ReconcilerConfig } from '@dialtone/platform';

const GROUP = 'dialtone-reconciler';

/** The transport of inbound reconcile requests; null without a broker. */
export const inboundServerOptions = (
  config: ReconcilerConfig,
  logger: Logger,
  metrics: MessagingMetrics,
): { readonly strategy: ReconcileRequestServer } | null => {
  const connection = { brokers: config.kafkaBrokers, clientId: GROUP };
  const onState = (state: ConsumerState): void => {
    metrics.consumer({ running: state.status === 'consuming', crashes: state.crashes });
    logger.info({ ...state }, 'Consumer of reconcile requests');
  };
  const prepare = (): Promise<unknown> => ensureTopics(connection, { logger });
  return kafkaServerOptions({ connection, groupId: GROUP, clock: new SystemClock(), logger, prepare, onState });
};
