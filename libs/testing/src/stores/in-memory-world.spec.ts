import { describeEngineStores } from './contracts';
import { inMemoryHarness } from './in-memory-harness';

describeEngineStores('The in-memory world', inMemoryHarness);
