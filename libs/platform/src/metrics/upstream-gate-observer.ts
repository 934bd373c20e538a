import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Logger } from '../logging';

const LANES = ['user', 'repair', 'sweep'];
const WAIT_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30];

type BreakerState = 'closed' | 'open' | 'half_open';

interface Change {
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly forMs: number;
}

/** Metrics of what delays or refuses requests to VoiceLink. */
export interface GateMetrics {
  /** The budget granted a request after this wait. */
  waited(lane: string, waitedMs: number): void;
  /** A request was refused because its turn would have come too late. */
  throttled(lane: string): void;
  /** The breaker of one connection, which `breaker` stands for. */
  breakerChanged(breaker: object, change: Pick<Change, 'to' | 'forMs'>): void;
  /** The budget store failed. */
  failed(): void;
}

export const gateMetrics = (registry: Registry): GateMetrics => {
  const registers = [registry];
  const waits = new Histogram({
    name: 'dialtone_upstream_budget_wait_seconds',
    help: 'How long requests to VoiceLink waited for the rate budget before they were sent',
    labelNames: ['lane'],
    buckets: WAIT_BUCKETS,
    registers,
  });
  const throttled = new Counter({
    name: 'dialtone_upstream_throttled_total',
    help: 'Requests to VoiceLink that were not sent, because their turn would have come too late',
    labelNames: ['lane'],
    registers,
  });
  const failures = new Counter({
    name: 'dialtone_upstream_budget_failures_total',
    help: 'Times that the rate budget could not be asked or told',
    registers,
  });
  /** Those that are not closed, with the end of their wait; epoch ms. */
  const troubled = new Map<object, { readonly state: BreakerState; readonly until: number }>();
  new Gauge({
    name: 'dialtone_upstream_breakers',
    help: 'Connections that VoiceLink does not answer for, by the state of their breaker in this process; none of those whose wait is over, because nothing is known of them until the next request',
    labelNames: ['state'],
    registers,
    collect() {
      const now = Date.now();
      const states = [...troubled.values()].filter(({ state, until }) => state === 'half_open' || until > now);
      for (const state of ['open', 'half_open'])
        this.set({ state }, states.filter((one) => one.state === state).length);
    },
  });
  for (const lane of LANES) throttled.inc({ lane }, 0);
  return {
    waited: (lane, waitedMs) => {
      waits.observe({ lane }, waitedMs / 1000);
    },
    throttled: (lane) => {
      throttled.inc({ lane });
    },
    breakerChanged: (breaker, { to, forMs }) => {
      if (to === 'closed') troubled.delete(breaker);
      else troubled.set(breaker, { state: to, until: Date.now() + forMs });
    },
    failed: () => {
      failures.inc();
    },
  };
};

/** Receives the events of one process's gates; the shape of the engine's GateObserver. */
export interface UpstreamGateObserver {
  waited(event: { readonly lane: string; readonly waitedMs: number }): void;
  throttled(event: { readonly lane: string; readonly forMs: number }): void;
  breakerChanged(change: Change): void;
  failed(event: { readonly error: unknown }): void;
}

/** Logs and counts what the gate does with requests to VoiceLink. One warning per opening of the breaker, not per request. */
export const upstreamGateObserver =
  (metrics: GateMetrics, logger: Pick<Logger, 'info' | 'warn'>) =>
  (connectionId: string | null): UpstreamGateObserver => {
    const breaker = {};
    return {
      waited: ({ lane, waitedMs }) => {
        metrics.waited(lane, waitedMs);
      },
      throttled: ({ lane }) => {
        metrics.throttled(lane);
      },
      breakerChanged: (change) => {
        metrics.breakerChanged(breaker, change);
        tell(logger, connectionId, change);
      },
      failed: ({ error }) => {
        metrics.failed();
        logger.warn(
          { err: error, connection_id: connectionId },
          'The rate budget cannot be used; requests go out without',
        );
      },
    };
  };

const tell = (
  logger: Pick<Logger, 'info' | 'warn'>,
  connectionId: string | null,
  { from, to, forMs }: Change,
): void => {
  const fields = { connection_id: connectionId, retry_in_ms: forMs };
  // A failed probe opens the breaker again, for longer; the outage was logged when it began.
  if (to === 'open' && from === 'closed') logger.warn(fields, 'VoiceLink does not answer; nothing is sent for a while');
  else if (to === 'open') logger.info(fields, 'VoiceLink still does not answer');
  else if (to === 'closed') logger.info({ connection_id: connectionId }, 'VoiceLink answers again');
};
