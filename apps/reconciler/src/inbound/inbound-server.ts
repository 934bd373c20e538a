import { RECONCILE_REQUESTS_DLQ_TOPIC, RECONCILE_REQUESTS_TOPIC } from '@dialtone/contracts';
import {
  kafkaConnectionOf,
  kafkaServerOptions,
  type ConsumerState,
  type ReconcileRequestServer,
} from '@dialtone/messaging';
import { SystemClock, type Logger, type MessagingMetrics, type ReconcilerConfig } from '@dialtone/platform';
import { prepareTopics } from '../prepare-topics';

const GROUP = 'dialtone-reconciler';

/** The transport of inbound reconcile requests; null without a broker. */
export const inboundServerOptions = (
  config: ReconcilerConfig,
  logger: Logger,
  metrics: MessagingMetrics,
): { readonly strategy: ReconcileRequestServer } | null => {
  const connection = kafkaConnectionOf(config, GROUP);
  const onState = (state: ConsumerState): void => {
    metrics.consumer({ running: state.status === 'consuming', crashes: state.crashes });
    logger.info({ ...state }, 'Consumer of reconcile requests');
  };
  const topics = [RECONCILE_REQUESTS_TOPIC, RECONCILE_REQUESTS_DLQ_TOPIC];
  const prepare = (): Promise<void> => prepareTopics(topics, { connection, logger, metrics });
  return kafkaServerOptions({ connection, groupId: GROUP, clock: new SystemClock(), logger, prepare, onState });
};
