import { OUTBOUND_TOPICS } from '@dialtone/contracts';
import { WRITING_STEPS } from '@dialtone/domain';
import { REQUEST_OUTCOMES } from '@dialtone/messaging';
import {
  callEnds,
  createRegistry,
  gateMetrics,
  messagingMetrics,
  registerBuildInfo,
  stalledLooks,
  sweepMetrics,
  upstreamMetrics,
  webhookMetrics,
  writeMetrics,
  type CallEnds,
  type GateMetrics,
  type MessagingMetrics,
  type ReconcilerConfig,
  type Registry,
  type StalledLooks,
  type SweepMetrics,
  type UpstreamMetrics,
  type WebhookMetrics,
  type WriteMetrics,
} from '@dialtone/platform';

/** What this process counts. What the database knows is asked when Prometheus asks: see observability.ts. */
export interface ReconcilerMetrics {
  readonly registry: Registry;
  readonly upstream: UpstreamMetrics;
  readonly gate: GateMetrics;
  readonly writes: WriteMetrics;
  readonly calls: CallEnds;
  readonly sweeps: SweepMetrics;
  readonly stalledLooks: StalledLooks;
  readonly messaging: MessagingMetrics;
  readonly webhooks: WebhookMetrics;
}

export const reconcilerMetrics = ({
  buildRevision,
  kafkaBrokers,
}: Pick<ReconcilerConfig, 'buildRevision' | 'kafkaBrokers'>): ReconcilerMetrics => {
  const registry = createRegistry();
  registerBuildInfo(registry, { app: 'reconciler', revision: buildRevision });
  return {
    registry,
    upstream: upstreamMetrics(registry),
    gate: gateMetrics(registry),
    calls: callEnds(registry),
    writes: writeMetrics(registry, [...WRITING_STEPS, 'release']),
    sweeps: sweepMetrics(registry),
    stalledLooks: stalledLooks(registry),
    webhooks: webhookMetrics(registry),
    messaging: messagingMetrics(registry, {
      configured: kafkaBrokers.length > 0,
      topics: OUTBOUND_TOPICS,
      requestResults: REQUEST_OUTCOMES,
    }),
  };
};
