import type { MakeStoreHarness } from '../harness';
import { describeAccountLists } from './account-lists.contract';
import { describeAskedTogether } from './asked-together.contract';
import { describeBindingQueue } from './binding-queue.contract';
import { describeConnections } from './connections.contract';
import { describeHistory } from './history.contract';
import { describeKeyStates } from './key-states.contract';
import { describeLeases } from './leases.contract';
import { describeListMemories } from './list-memories.contract';
import { describePhoneNumbers } from './phone-numbers.contract';
import { describeRateBudget } from './rate-budget.contract';
import { describeSharedAccount } from './shared-account.contract';
import { describeStoreClock } from './store-clock.contract';
import { describeWriteJournal } from './write-journal.contract';

/** The contracts of all the engine's ports to what is stored. */
export const describeEngineStores = (name: string, make: MakeStoreHarness): void => {
  const suites = [
    describeLeases,
    describeListMemories,
    describeAccountLists,
    describeWriteJournal,
    describeAskedTogether,
    describeKeyStates,
    describePhoneNumbers,
    describeBindingQueue,
    describeConnections,
    describeSharedAccount,
    describeRateBudget,
    describeStoreClock,
    describeHistory,
  ];
  for (const suite of suites) suite(name, make);
};
