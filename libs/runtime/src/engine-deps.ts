import { engineSettings, type EngineChoices, type EngineDeps } from '@dialtone/engine';
import type { Stores } from '@dialtone/persistence';
import { SystemClock } from '@dialtone/platform';

/** The stores that stand behind ports of the engine. */
type EngineStores = Pick<
  Stores,
  | 'bindingQueue'
  | 'clock'
  | 'keyStates'
  | 'leases'
  | 'listMemories'
  | 'phoneNumbers'
  | 'sweepQueue'
  | 'voiceLinkConnections'
>;

export interface EngineParts extends Pick<EngineDeps, 'accounts' | 'journal' | 'observer' | 'owner'> {
  readonly config: EngineChoices;
}

/** The ports of the engine, its loops and its single requests alike, on the stores and the clock of this process. */
export const engineDepsOf = (
  stores: EngineStores,
  { accounts, journal, observer, owner, config }: EngineParts,
): EngineDeps => ({
  accounts,
  bindingQueue: stores.bindingQueue,
  sweepQueue: stores.sweepQueue,
  connections: stores.voiceLinkConnections,
  keyStates: stores.keyStates,
  phoneNumbers: stores.phoneNumbers,
  journal,
  leases: stores.leases,
  listMemories: stores.listMemories,
  storeClock: stores.clock,
  clock: new SystemClock(),
  observer,
  settings: engineSettings(config),
  owner,
});
