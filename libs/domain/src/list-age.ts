import { activeBots } from './bot';
import {
  areBotsIn,
  areDidsIn,
  factsOfBots,
  factsOfDids,
  factsOfRouting,
  isRoutingIn,
  type Facts,
} from './listed-facts';
import { nextValues, undoubted, type SectionValues, type ValueMemory } from './listed-values';
import {
  botsHiddenFrom,
  factsMadeBy,
  isOlderThan,
  NO_RECENT_WRITES,
  type MadeWrite,
  type RecentWrites,
} from './made-write';
import type { DidKey } from './ids';
import type { KeyObservation } from './observation';
import type { RemoteBot, RemoteDid, RemoteRouting } from './remote';
import { hasUnreadable } from './unreadable';
import type { KeySection } from './key-section';

/** How old a list may be that VoiceLink answers with, and what is known to be newer. */
export interface ListAge {
  /** For so long after a change lists may show what was before it. Milliseconds; 0: they never do. */
  readonly windowMs: number;
  readonly writes: RecentWrites;
}

export const LISTS_ARE_CURRENT: ListAge = { windowMs: 0, writes: NO_RECENT_WRITES };

/** What is made of one section of one list. */
export interface AgedSection {
  /** True: it shows values from before something that was seen already, so it says nothing now. */
  readonly isOld: boolean;
  readonly values: SectionValues | undefined;
}

/** One key at the time of one listing. */
export interface AgedKey {
  readonly key: DidKey;
  readonly listedAt: number;
  readonly age: ListAge;
  readonly memory: ValueMemory | undefined;
}

/** `age` undefined: the lists show what is. */
export const agedKey = (
  {
    key,
    observedAt,
    age = LISTS_ARE_CURRENT,
  }: { readonly key: DidKey; readonly observedAt: number; readonly age?: ListAge | undefined },
  memory: ValueMemory | undefined,
): AgedKey => ({ key, listedAt: observedAt, age, memory });

/** Null: the list is not complete. A value that cannot be read is no value. */
export const ageOfDids = (of: AgedKey, rows: readonly RemoteDid[] | null): AgedSection => {
  const memory = of.memory?.dids;
  if (rows === null || rows.some(hasUnreadable)) return aged(of, 'dids', null);
  return isAsBefore(of, memory, (known) => areDidsIn(rows, known))
    ? notOld(memory)
    : aged(of, 'dids', factsOfDids(rows));
};

/** What is shown as before is not old, and nothing is to be remembered of it. A write of ours may say otherwise. */
const isAsBefore = (
  of: AgedKey,
  memory: SectionValues | undefined,
  isIn: (known: SectionValues) => boolean,
): memory is SectionValues => memory !== undefined && !of.age.writes.ofKey.has(of.key) && isIn(memory);

/** Null: the list is not complete; undefined: it shows no record. */
export const ageOfRouting = (of: AgedKey, row: RemoteRouting | null | undefined): AgedSection => {
  const memory = of.memory?.routing;
  if (row === null || (row !== undefined && hasUnreadable(row))) return aged(of, 'routing', null);
  const isSame = row !== undefined && isAsBefore(of, memory, (known) => isRoutingIn(row, known));
  return isSame ? notOld(memory) : aged(of, 'routing', factsOfRouting(row));
};

/** `facts` null: the list says nothing of the key. */
const aged = (of: AgedKey, section: KeySection, facts: Facts | null): AgedSection => {
  const memory = of.memory?.[section];
  const { windowMs, writes } = of.age;
  if (windowMs === 0) return notOld(memory);
  if (facts === null) return { isOld: false, values: memory };
  const own = writes.ofKey.get(of.key) ?? [];
  const { listedAt } = of;
  if (own.length > 0 && isOlderThan(own, section, { facts, memory, listedAt, windowMs }))
    return { isOld: true, values: memory };
  return remembered(memory, { facts, listedAt, windowMs, ours: factsMadeBy(own, section, memory) });
};

/** Of a record that cannot be there nothing is told by a list. */
export const notOld = (memory: SectionValues | undefined): AgedSection => ({ isOld: false, values: undoubted(memory) });

const remembered = (...input: Parameters<typeof nextValues>): AgedSection => {
  const values = nextValues(...input);
  return { isOld: (values?.doubtedAt ?? null) !== null, values };
};

/**
 * Of bots: the list is old if a bot of ours that it does not show as made may be the one that serves, or if a status went back.
 * A listed bot that is active answers for its client.
 */
export const ageOfBots = (
  of: AgedKey,
  clientId: number | null,
  observed: Pick<KeyObservation, 'bots' | 'misreportedBotIds' | 'routing'>,
): AgedSection => {
  const memory = of.memory?.bots;
  const { windowMs, writes } = of.age;
  if (clientId === null || windowMs === 0) return notOld(memory);
  if (lacksOurs(of, clientId, observed)) return { isOld: true, values: memory };
  if (memory !== undefined && areBotsIn(observed.bots, memory)) return notOld(memory);
  const ours = factsMadeBy(writes.ofBots, 'bots', memory);
  return remembered(memory, { facts: factsOfBots(observed.bots), listedAt: of.listedAt, windowMs, ours });
};

const lacksOurs = (
  { age: { windowMs, writes }, listedAt }: AgedKey,
  clientId: number,
  observed: Parameters<typeof ageOfBots>[2],
): boolean => {
  if (writes.ofBots.length === 0) return false;
  const hidden = botsHiddenFrom(observed.bots, clientId, { writes: writes.ofBots, listedAt, windowMs });
  if (hidden.length === 0) return false;
  const active = activeBots(observed);
  const routed = observed.routing?.outboundBotId ?? null;
  if (active.length === 0) return true;
  return (
    routed !== null && !active.some(({ id }) => id === routed) && hidden.some(({ id }) => id === null || id === routed)
  );
};

/** True if this list of a client's bots is older than one of ours: nothing is made or changed from it. */
export const isListOfBotsOld = (
  bots: readonly RemoteBot[],
  clientId: number,
  { writes, ...at }: { readonly writes: readonly MadeWrite[]; readonly listedAt: number; readonly windowMs: number },
): boolean => at.windowMs > 0 && botsHiddenFrom(bots, clientId, { writes, ...at }).length > 0;
