import { randomUUID } from 'node:crypto';
import { engineSettings, Provisioner, PassedOnWrites, type EngineObserver, type WriteJournal } from '@dialtone/engine';
import type { Stores } from '@dialtone/persistence';
import { SystemClock, type GatewayConfig, type Logger, type SweepMetrics } from '@dialtone/platform';
import type { VoiceLinkAccounts } from './tokens';

/** What single requests have done in VoiceLink. Loops do not run here. */
const observerOf = (logger: Logger, sweeps: SweepMetrics): EngineObserver => ({
  reconciled: () => undefined,
  failed: () => undefined,
  stepTaken: ({ connectionId, key, step, result, detail }) => {
    logger.info({ connection_id: connectionId, key, step, result }, detail);
  },
  swept: ({ connectionId, keys, changed, warnings, held, durationMs }) => {
    sweeps.swept({ complete: warnings.length === 0, held: held !== null, durationMs, keys, changed });
    const fields = { connection_id: connectionId, keys, changed, warnings, held, duration_ms: durationMs };
    if (held === null) logger.info(fields, 'connection synced');
    else logger.error(fields, 'writes of this connection are held until somebody acknowledges');
  },
});

/** The engine's way to answer single requests, on the stores and accounts of this process. */
export const provisionerOf = (
  stores: Stores,
  accounts: VoiceLinkAccounts,
  {
    config,
    logger,
    journal,
    sweeps,
  }: {
    readonly config: GatewayConfig;
    readonly logger: Logger;
    readonly journal: WriteJournal;
    readonly sweeps: SweepMetrics;
  },
): Provisioner =>
  new Provisioner({
    accounts,
    bindingQueue: stores.bindingQueue,
    sweepQueue: stores.sweepQueue,
    connections: stores.voiceLinkConnections,
    keyStates: stores.keyStates,
    phoneNumbers: stores.phoneNumbers,
    journal,
    leases: stores.leases,
    storeClock: stores.clock,
    clock: new SystemClock(),
    observer: observerOf(logger, sweeps),
    settings: engineSettings(config),
    owner: `gateway-${randomUUID()}`,
  });

/** Sends what partners ask for as it is, under the journal of the loops. */
export const passedOnWritesOf = (stores: Stores, journal: WriteJournal, config: GatewayConfig): PassedOnWrites =>
  new PassedOnWrites({
    journal,
    connections: stores.voiceLinkConnections,
    storeClock: stores.clock,
    clock: new SystemClock(),
    settings: engineSettings(config),
  });
