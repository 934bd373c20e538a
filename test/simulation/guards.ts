import { withCalls } from '@dialtone/testing';
import type * as eventRelay from '../../libs/engine/src/loops/event-relay';
import type * as writeAhead from '../../libs/engine/src/writes/write-ahead';
import type * as tables from '../../libs/testing/src/stores/tables';
import { off, type Guard } from './guard';
import type { SimulatedWorld } from './simulated-world';
import { TIMED_GUARDS } from './timed-guards';

/** Neither the memory of lists nor that of our own writes keeps a second bot from being made. */
const UNREMEMBERED: SimulatedWorld = { settings: { losses: { percent: 10, believedAfterMs: 0 }, staleReadsMs: 0 } };

/** Every sweep that finds a READY DID broken is held. */
const TOUCHY: SimulatedWorld = { settings: { guard: { minimum: 0, percent: 1 } } };

/** A new guard is a row here; a module that no other row replaces is a line in `Modules` besides. */
export const GUARDS: readonly Guard[] = [
  {
    guard: 'absence is believed after two complete lists',
    without: off('domain/src/presence', () => ({
      nextPresence: (prior, seen) => (seen === null ? prior : seen ? 'present' : 'absent'),
    })),
    seed: 108,
    breaks: /is judged REMOTE_DID_DELETED/,
  },
  {
    guard: 'a row that cannot be read is set aside and may be the one that is missed',
    without: off('domain/src/snapshot', ({ doubtsOf }) => ({
      setAsideOf: () => [],
      doubtsOf: (listing) => doubtsOf({ ...listing, setAside: [] } as typeof listing),
    })),
    world: { hasOddRows: true },
    seed: 22,
    breaks: /is judged REMOTE_DID_DELETED/,
  },
  {
    guard: 'a row set aside leaves its own number and unlisted ones open',
    without: off('domain/src/doubt', () => ({ doubtOfKey: () => null })),
    world: { hasOddRows: true },
    seed: 46,
    breaks: /is judged REMOTE_DID_DELETED/,
  },
  {
    guard: 'a row set aside may be the bot of a client',
    without: off('domain/src/doubt', () => ({ areBotsInDoubt: () => false })),
    world: { hasOddRows: true },
    seed: 241,
    breaks: /is judged .*NO_BOT/,
  },
  {
    guard: 'a value that cannot be read is unknown, and not none',
    without: off('domain/src/unreadable', () => ({ unreadableSections: () => [] })),
    world: { hasHalfReadValues: true },
    seed: 612,
    breaks: /gets a bot beside the active/,
  },
  {
    guard: 'an empty or shrunken list is suspect as a whole',
    without: off('domain/src/weigh-listing', (own) => ({
      weighListing: (...input) => ({ ...own.weighListing(...input), suspect: null, question: null }),
    })),
    world: { hasShortLists: true },
    seed: 40,
    breaks: /is judged REMOTE_DID_DELETED/,
  },
  {
    guard: 'what is missing too much of is believed only when an operator confirms it',
    without: off('domain/src/weigh-listing', (own) => ({
      weighListing: (before, now, context) => {
        const weighed = own.weighListing(before, now, context);
        if (weighed.question === null) return weighed;
        const missing = weighed.memory.missing.flatMap(({ rows }) => rows);
        return own.weighListing(before, now, { ...context, confirmed: new Set(missing) });
      },
    })),
    world: { hasShortLists: true },
    seed: 347,
    breaks: /is judged REMOTE_DID_DELETED|gets a/,
  },
  {
    guard: 'no bot is made soon after one was listed',
    without: off('domain/src/list-memory', (own) => ({
      lossesOf: (...input) => {
        const losses = own.lossesOf(...input);
        return losses && { ...losses, bots: [] };
      },
    })),
    world: { hasShortLists: true },
    seed: 415,
    breaks: /gets a bot soon after/,
  },
  {
    guard: 'a sweep that finds too much broken holds all writes',
    without: off('domain/src/guard', () => ({ judgeImpact: () => null })),
    world: TOUCHY,
    seed: 34,
    breaks: /a sweep stores that \d+ DIDs broke, and writes are not held/,
  },
  {
    guard: 'nothing is sent while writes are held',
    without: off('engine/src/reconcile/look', ({ termsOf }) => ({
      termsOf: (deps, target, seen) =>
        termsOf(deps, target, { ...seen, steering: seen.steering && { ...seen.steering, standing: [] } }),
    })),
    world: TOUCHY,
    seed: 97,
    breaks: /begins while writes are held/,
  },
  {
    guard: 'a write without an answer blocks the next until it cannot take effect any more',
    without: off('engine/src/writes/write-ahead', () => ({ inDoubtUntil: () => 0 })),
    seed: 462,
    breaks: /is asked for while another may still come/,
  },
  {
    guard: 'a write is journalled before it is sent',
    without: off('engine/src/writes/write-ahead', () => ({ sendJournalled: journalAfterwards })),
    seed: 901,
    breaks: /a bot of client \d+ is asked for while another may still come/,
  },
  {
    guard: 'a write is sent soon after its intent',
    without: off('engine/src/writes/write-ahead', () => ({ sendJournalled: sendWhenever })),
    seed: 50,
    breaks: /gets a (?:second )?bot|is mapped although it is|is asked for while another may still come/,
  },
  {
    guard: 'bots are listed again under the lease of their client',
    without: off('engine/src/writes/ensure-bot', (own) => ({
      ensureBot: (deps, action, context, seen) => {
        const listBots = () => Promise.resolve({ status: 'complete', rows: seen.observation.bots } as never);
        const reader = withCalls(deps.reader, { listBots });
        return own.ensureBot({ ...deps, reader }, action, context, seen);
      },
    })),
    world: UNREMEMBERED,
    seed: 130,
    breaks: /gets a bot beside the active/,
  },
  {
    guard: 'bots are listed twice before one is made',
    without: off('engine/src/writes/ensure-bot', (own) => ({
      ensureBot: (deps, action, context, seen) => {
        const first = deps.reader.listBots();
        // It is not awaited when there is a bot.
        first.catch(() => undefined);
        const reader = withCalls(deps.reader, { listBots: () => first });
        return own.ensureBot({ ...deps, reader }, action, context, seen);
      },
    })),
    world: { ...UNREMEMBERED, newBotLostRate: 0.6, replicas: 'random' },
    seed: 28,
    breaks: /gets a bot beside the active/,
  },
  {
    guard: 'one process at a time works on a DID and on the bots of a client',
    without: off('testing/src/stores/tables', ({ Tables }) => ({
      Tables: class extends Tables {
        override isHeld(): boolean {
          return false;
        }
        override holds(): boolean {
          return true;
        }
      },
    })),
    seed: 6,
    breaks: /is asked for while another may still come/,
  },
  {
    guard: 'a process that lost its lease sends nothing',
    without: off('testing/src/stores/in-memory-write-journal', ({ InMemoryWriteJournal }) => ({
      InMemoryWriteJournal: class extends InMemoryWriteJournal {
        constructor(own: tables.Tables) {
          super(withCalls(own, { holds: () => true }));
        }
      },
    })),
    seed: 186,
    breaks: /is mapped although it is|is asked for while another may still come/,
  },
  {
    guard: 'a bot that goes on being listed as inactive is remembered as misreported',
    without: off('testing/src/stores/in-memory-voicelink-connections', (own) => ({
      InMemoryVoiceLinkConnections: class extends own.InMemoryVoiceLinkConnections {
        override markMisreportedBot(): Promise<void> {
          return Promise.resolve();
        }
      },
    })),
    seed: 70,
    breaks: /is NO_BOT \(/,
  },
  {
    guard: 'what a write was seen to change is not un-learnt from an older list',
    without: off('domain/src/made-write', () => ({ isOlderThan: () => false })),
    world: { replicas: 'random' },
    seed: 47,
    breaks: /is judged unmapped, although its mapping was seen/,
  },
  {
    guard: 'a value that changes back needs a second listing',
    without: off('domain/src/listed-values', ({ nextValues }) => ({
      nextValues: (before, shown) => nextValues(before && { ...before, were: [] }, shown),
    })),
    world: { replicas: 'once' },
    seed: 128,
    breaks: /is judged by a (?:routing record from before the one that was seen|former routing record)/,
  },
  {
    guard: 'no bot is made from a list that is older than one of ours',
    without: off('domain/src/made-write', () => ({ botsHiddenFrom: () => [] })),
    // The memory of lists would help as well.
    world: { replicas: 'random', settings: { losses: { percent: 10, believedAfterMs: 0 } } },
    seed: 248,
    breaks: /gets a bot beside the active/,
  },
  {
    guard: 'the cursor of a relay moves on only after the acknowledgement',
    without: off('engine/src/loops/event-relay', ({ EventRelay }) => ({
      EventRelay: class extends EventRelay {
        constructor(options: eventRelay.EventRelayOptions) {
          const { name, cursors, source } = options;
          const readOn: typeof source.readOn = async (from, ...rest) => {
            const page = await source.readOn(from, ...rest);
            await cursors.advance(name, from, page.events.at(-1)?.position ?? from);
            return page;
          };
          super({ ...options, source: { readOn } });
        }
      },
    })),
    world: { hasRelays: true },
    seed: 1,
    breaks: /event \d+ is delivered before event \d+/,
  },
  {
    guard: 'a relay leaves out no batch that was refused',
    without: off('engine/src/loops/event-relay', ({ EventRelay }) => ({
      EventRelay: class extends EventRelay {
        constructor({ publisher, ...options }: eventRelay.EventRelayOptions) {
          const publish: typeof publisher.publish = (events) => publisher.publish(events).catch(() => undefined);
          super({ ...options, publisher: withCalls(publisher, { publish }) });
        }
      },
    })),
    world: { hasRelays: true },
    seed: 5,
    breaks: /event \d+ is delivered before event \d+/,
  },
  {
    guard: 'of connections on one account one answers for a number',
    without: off('domain/src/shared-account', ({ NOTHING_ELSEWHERE }) => ({
      answeredElsewhere: () => NOTHING_ELSEWHERE,
    })),
    world: { hasTwoConnections: true },
    seed: 1,
    breaks: /on a connection that does not declare it/,
  },
  {
    guard: 'connections on one account share the lease and the journal of its bots',
    without: off('testing/src/stores/tables', ({ Tables }) => ({
      Tables: class extends Tables {
        override accountIdOf(id: Parameters<tables.Tables['accountIdOf']>[0]): string {
          return id;
        }
      },
    })),
    world: { hasTwoConnections: true },
    seed: 123,
    breaks: /a bot of client \d+ is asked for while another may still come/,
  },
  {
    guard: 'what one connection of an account was shown holds for the others',
    without: off('testing/src/stores/in-memory-list-memories', (own) => ({
      InMemoryListMemories: class extends own.InMemoryListMemories {
        constructor(tables: tables.Tables) {
          super(withCalls(tables, { accountIdOf: (id) => id }));
        }
      },
    })),
    world: { hasTwoConnections: true, hasShortLists: true },
    seed: 436,
    breaks: /gets a bot soon after/,
  },
  ...TIMED_GUARDS,
];

const journalAfterwards: typeof writeAhead.sendJournalled = async ({ journal: own }, { intent, leases, send }) => {
  const outcome = await send();
  const id = await own.begin(intent, leases);
  return id === null
    ? { kind: 'waiting', afterMs: 1_000, reason: 'The lease was lost after the write' }
    : { kind: 'sent', id, outcome };
};

const sendWhenever: typeof writeAhead.sendJournalled = async ({ journal: own }, { intent, leases, send }) => {
  const id = await own.begin(intent, leases);
  return id === null
    ? { kind: 'waiting', afterMs: 1_000, reason: 'The lease was lost before the write' }
    : { kind: 'sent', id, outcome: await send() };
};
