import type * as doubt from '../../libs/domain/src/doubt';
import type * as guardModule from '../../libs/domain/src/guard';
import type * as sharedAccount from '../../libs/domain/src/shared-account';
import type * as listedValues from '../../libs/domain/src/listed-values';
import type * as listMemory from '../../libs/domain/src/list-memory';
import type * as madeWrite from '../../libs/domain/src/made-write';
import type * as pauses from '../../libs/domain/src/steering/pauses';
import type * as windowCalendar from '../../libs/domain/src/steering/window-calendar';
import type * as windows from '../../libs/domain/src/steering/windows';
import type * as presence from '../../libs/domain/src/presence';
import type * as snapshot from '../../libs/domain/src/snapshot';
import type * as unreadable from '../../libs/domain/src/unreadable';
import type * as weighListing from '../../libs/domain/src/weigh-listing';
import type * as eventRelay from '../../libs/engine/src/loops/event-relay';
import type * as look from '../../libs/engine/src/reconcile/look';
import type * as ensureBot from '../../libs/engine/src/writes/ensure-bot';
import type * as writeAhead from '../../libs/engine/src/writes/write-ahead';
import type * as listMemories from '../../libs/testing/src/stores/in-memory-list-memories';
import type * as flapEndModule from '../../libs/engine/src/verdicts/flap-end';
import type * as flappingModule from '../../libs/engine/src/verdicts/flapping';
import type * as repairTurnModule from '../../libs/engine/src/verdicts/repair-turn';
import type * as contest from '../../libs/engine/src/writes/contest';
import type * as bindingQueue from '../../libs/testing/src/stores/in-memory-binding-queue';
import type * as keyStates from '../../libs/testing/src/stores/in-memory-key-states';
import type * as journal from '../../libs/testing/src/stores/in-memory-write-journal';
import type * as connections from '../../libs/testing/src/stores/in-memory-voicelink-connections';
import type * as tables from '../../libs/testing/src/stores/tables';
import type { SimulatedWorld } from './simulated-world';

/** The modules in which guards are switched off, by file below `libs`. */
interface Modules {
  readonly 'domain/src/doubt': typeof doubt;
  readonly 'domain/src/guard': typeof guardModule;
  readonly 'domain/src/list-memory': typeof listMemory;
  readonly 'domain/src/listed-values': typeof listedValues;
  readonly 'domain/src/made-write': typeof madeWrite;
  readonly 'domain/src/presence': typeof presence;
  readonly 'domain/src/shared-account': typeof sharedAccount;
  readonly 'domain/src/snapshot': typeof snapshot;
  readonly 'domain/src/steering/pauses': typeof pauses;
  readonly 'domain/src/steering/window-calendar': typeof windowCalendar;
  readonly 'domain/src/steering/windows': typeof windows;
  readonly 'domain/src/unreadable': typeof unreadable;
  readonly 'domain/src/weigh-listing': typeof weighListing;
  readonly 'engine/src/loops/event-relay': typeof eventRelay;
  readonly 'engine/src/reconcile/look': typeof look;
  readonly 'engine/src/verdicts/flap-end': typeof flapEndModule;
  readonly 'engine/src/verdicts/flapping': typeof flappingModule;
  readonly 'engine/src/verdicts/repair-turn': typeof repairTurnModule;
  readonly 'engine/src/writes/contest': typeof contest;
  readonly 'engine/src/writes/ensure-bot': typeof ensureBot;
  readonly 'engine/src/writes/write-ahead': typeof writeAhead;
  readonly 'testing/src/stores/in-memory-binding-queue': typeof bindingQueue;
  readonly 'testing/src/stores/in-memory-key-states': typeof keyStates;
  readonly 'testing/src/stores/in-memory-list-memories': typeof listMemories;
  readonly 'testing/src/stores/in-memory-voicelink-connections': typeof connections;
  readonly 'testing/src/stores/in-memory-write-journal': typeof journal;
  readonly 'testing/src/stores/tables': typeof tables;
}

/** How a guard is switched off: exports of one module that stand in for its own. */
export interface Replacement {
  readonly file: string;
  readonly exports: (own: object) => object;
}

export const off = <File extends keyof Modules>(
  file: File,
  exports: (own: Modules[File]) => Partial<Modules[File]>,
): Replacement => ({ file, exports: exports as Replacement['exports'] });

export interface Guard {
  /** A sentence: what must hold. */
  readonly guard: string;
  readonly without: Replacement;
  /** What the run has besides faults, meddling and kill -9. */
  readonly world?: SimulatedWorld;
  /** A seed below 1,000 that passes with the guard and fails without it. */
  readonly seed: number;
  /** What the violation says. */
  readonly breaks: RegExp;
}
