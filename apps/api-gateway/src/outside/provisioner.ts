import { randomUUID } from 'node:crypto';
import { engineSettings, Provisioner, PassedOnWrites, type EngineObserver, type WriteJournal } from '@dialtone/engine';
import type { Stores } from '@dialtone/persistence';
import { SystemClock, type GatewayConfig, type Logger, type SweepMetrics } from '@dialtone/platform';
import { engineDepsOf } from '@dialtone/runtime';
import type { VoiceLinkAccounts } from './tokens';

/** Logs what single requests do in VoiceLink. No loop runs in this process. */
const observerOf = (logger: Logger, sweeps: SweepMetrics): EngineObserver => ({
  reconciled: () => undefined,
  failed: () => undefined,
  stepTaken: ({ connectionId, key, step, result, detail }) => {
    logger.info({ connection_id: connectionId, key, step, result }, detail);
  },
  swept: ({ connectionId, keys, changed, warnings, complete, setAside, held, durationMs }) => {
    sweeps.swept({ complete, setAside, held: held !== null, durationMs, keys, changed });
    const fields = { connection_id: connectionId, keys, changed, warnings, held, duration_ms: durationMs };
    if (held === null) logger.info(fields, 'connection synced');
    else logger.error(fields, 'writes of this connection are held until an operator acknowledges');
  },
});

/** Answers single requests with the engine, on the stores and accounts of this process. */
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
  new Provisioner(
    engineDepsOf(stores, {
      accounts,
      journal,
      observer: observerOf(logger, sweeps),
      owner: `gateway-${randomUUID()}`,
      config,
    }),
  );

/** Sends the writes of partners unchanged, under the journal that the loops use. */
export const passedOnWritesOf = (stores: Stores, journal: WriteJournal, config: GatewayConfig): PassedOnWrites =>
  new PassedOnWrites({
    journal,
    connections: stores.voiceLinkConnections,
    storeClock: stores.clock,
    clock: new SystemClock(),
    settings: engineSettings(config),
  });
