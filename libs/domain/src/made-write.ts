import { botFact, clientFact, holdsIn, type Facts } from './listed-facts';
import type { SectionValues } from './listed-values';
import type { DidKey } from './ids';
import type { RemoteBot } from './remote';
import type { KeySection } from './key-section';

/** What a write of ours to VoiceLink makes, as far as lists show it. */
export type WriteEffect =
  | { readonly kind: 'mapped'; readonly didId: number; readonly clientId: number }
  | {
      readonly kind: 'routed';
      /** True: there was no record before. */
      readonly isNew: boolean;
      /** Null where VoiceLink did not say. */
      readonly routingId: number | null;
      readonly active: boolean;
      readonly forOutboundCall: number;
      readonly outboundBotId: number | null;
      readonly outboundTrunkId: number | null;
    }
  /** `botId`: null where VoiceLink did not say; then the name tells it. */
  | {
      readonly kind: 'bot_made';
      readonly clientId: number;
      readonly botId: number | null;
      readonly name: string | null;
    }
  | { readonly kind: 'bot_activated'; readonly botId: number };

/** Epoch ms, database clock. */
export interface MadeWrite {
  /** The number that it was sent for. A bot serves others, too. */
  readonly key: DidKey | null;
  readonly effect: WriteEffect;
  readonly startedAt: number;
  /** When a list had shown its effect; null: its outcome is not known, and a list may show it at any time. */
  readonly seenAt: number | null;
  /** False: an answer was missing, and the row was closed later, by what was there then. */
  readonly isSeenBySender: boolean;
  /** True: no answer came, or no list has shown what was accepted, so it may have had no effect. */
  readonly isInDoubt: boolean;
}

/** The writes of ours by which the age of lists is told. */
export interface RecentWrites {
  readonly ofKey: ReadonlyMap<DidKey, readonly MadeWrite[]>;
  readonly ofBots: readonly MadeWrite[];
}

export const NO_RECENT_WRITES: RecentWrites = { ofKey: new Map(), ofBots: [] };

/** The facts that a write decides, before and after; `before` null: what the key's memory knows. Null: facts of another section. */
interface Decided {
  readonly after: Facts;
  readonly before: Facts | null;
}

const decidedBy = (effect: WriteEffect, section: KeySection): Decided | null => {
  if (effect.kind === 'mapped' && section === 'dids') {
    const client = clientFact(effect.didId);
    return { after: { [client]: effect.clientId }, before: { [client]: null } };
  }
  if (effect.kind === 'routed' && section === 'routing') {
    const { isNew, routingId: id, active, forOutboundCall: out, outboundBotId: outBot, outboundTrunkId } = effect;
    const after = { active, out, outBot, outTrunk: outboundTrunkId, ...(id !== null && { id }) };
    return { after, before: isNew ? {} : null };
  }
  if (effect.kind === 'bot_activated' && section === 'bots') {
    const bot = botFact(effect.botId);
    return { after: { [bot]: true }, before: { [bot]: false } };
  }
  return null;
};

/**
 * What the writes make of the facts of a section, to show which is no step back. One in doubt makes nothing for sure: a list that
 * shows what it would have made may as well be from before that was undone. What lists have shown and do not show any more is a
 * former value. In both cases a second listing tells.
 */
export const factsMadeBy = (
  writes: readonly MadeWrite[],
  section: KeySection,
  memory: SectionValues | undefined,
): readonly Facts[] =>
  writes.flatMap((write) => {
    const after = write.isInDoubt ? undefined : decidedBy(write.effect, section)?.after;
    return after === undefined || isFormer(write, after, memory) ? [] : [after];
  });

/** A row is closed some time after the list was begun that shows the effect: another list may have shown meanwhile that it is undone. */
const isFormer = ({ startedAt, seenAt: at }: MadeWrite, after: Facts, memory: SectionValues | undefined): boolean => {
  if (memory === undefined) return false;
  if (at !== null && at < memory.since) return true;
  return memory.were.some(({ facts, until }) => until > startedAt && holdsIn(after, facts));
};

/** One list, with what is remembered of its section. */
export interface ListedFacts {
  readonly facts: Facts;
  readonly memory: SectionValues | undefined;
  readonly listedAt: number;
  readonly windowMs: number;
}

/**
 * True if the list shows, of what the last of these writes has changed, only values from before it. Oldest write first. That the
 * effect was there is known from the journal, or, while its row is open, from the memory of the key.
 */
export const isOlderThan = (writes: readonly MadeWrite[], section: KeySection, listed: ListedFacts): boolean => {
  const decided = writes.flatMap((write) => {
    const facts = decidedBy(write.effect, section);
    return facts === null ? [] : [{ ...facts, at: seenAt(write, facts, listed.memory) }];
  });
  const last = decided.findLastIndex(({ at }) => at !== null);
  const made = decided[last];
  if (made === undefined || made.at === null) return false;
  if (decided.slice(last).some(({ after }) => holdsIn(after, listed.facts))) return false;
  return isFromBefore(made, made.at, listed);
};

const seenAt = (write: MadeWrite, decided: Decided, memory: SectionValues | undefined): number | null => {
  if (write.seenAt !== null) return isOvertaken(write.seenAt, write, decided, memory) ? null : write.seenAt;
  const isShown = memory !== undefined && memory.since >= write.startedAt && holdsIn(decided.after, memory.is);
  return isShown ? memory.since : null;
};

/**
 * A write without an answer is closed by what is there, perhaps long after it was sent. When lists have begun since to show
 * something new, and showed it when the row was closed, that is what came after the write, and not what was before it. A row
 * that is read in the middle of the write is nothing new: what it does not show of the write was there before.
 */
const isOvertaken = (
  at: number,
  { startedAt, isSeenBySender }: MadeWrite,
  { after, before }: Decided,
  memory: SectionValues | undefined,
): boolean => {
  if (isSeenBySender || memory === undefined || memory.since <= startedAt || memory.since > at) return false;
  const { is, were } = memory;
  return Object.keys(after).some((name) => is[name] !== after[name] && !wasThere(name, is[name], { before, were }));
};

/** True if the fact had this value before the write, as far as is known; undefined: it was not listed. */
const wasThere = (
  name: string,
  value: Facts[string] | undefined,
  { before, were }: { readonly before: Facts | null; readonly were: SectionValues['were'] },
): boolean => (before !== null && before[name] === value) || were.some(({ facts }) => facts[name] === value);

const isFromBefore = ({ after, before }: Decided, at: number, listed: ListedFacts): boolean => {
  const { facts, memory, listedAt, windowMs } = listed;
  if (listedAt - at > windowMs) return false;
  if (isEarlierRecord(facts, after)) return true;
  const shown = memory !== undefined && memory.since <= at ? memory.is : null;
  // However long ago: a run may have taken long between its look and its write.
  const former = { before, were: memory?.were ?? [] };
  return Object.keys(after)
    .filter((name) => facts[name] !== after[name])
    .every((name) => (shown !== null && shown[name] === facts[name]) || wasThere(name, facts[name], former));
};

/** Ids go up: a record with a lower one was there before the one that we made, and was deleted. */
const isEarlierRecord = (facts: Facts, after: Facts): boolean => {
  const [shown, made] = [facts['id'], after['id']];
  return typeof shown === 'number' && typeof made === 'number' && shown < made;
};

/** A bot that was made or activated and that the client's list shows as it was before; `id` null: it is not known. */
export interface HiddenBot {
  readonly id: number | null;
}

/** The client's bots that writes of ours made or activated, and that this list does not show so. */
export const botsHiddenFrom = (
  bots: readonly RemoteBot[],
  clientId: number,
  {
    writes,
    listedAt,
    windowMs,
  }: Pick<ListedFacts, 'listedAt' | 'windowMs'> & { readonly writes: readonly MadeWrite[] },
): readonly HiddenBot[] =>
  writes
    .filter((write) => write.seenAt !== null && listedAt - write.seenAt <= windowMs)
    .flatMap(({ effect }) => hiddenBy(effect, bots, clientId) ?? []);

const hiddenBy = (effect: WriteEffect, bots: readonly RemoteBot[], clientId: number): HiddenBot | null => {
  if (effect.kind === 'bot_made') {
    const { botId, name } = effect;
    if (effect.clientId !== clientId) return null;
    const isShown = bots.some((bot) => (botId === null ? isNamed(bot, name) : bot.id === botId));
    return isShown ? null : { id: botId };
  }
  if (effect.kind !== 'bot_activated') return null;
  const isOff = bots.some(({ id, active }) => id === effect.botId && active === false);
  return isOff ? { id: effect.botId } : null;
};

/** Names come back with stray spaces and in another case (VoiceLink upstream notes §7.1). */
const isNamed = (bot: RemoteBot, name: string | null): boolean =>
  bot.name !== null && name !== null && bot.name.trim().toLowerCase() === name.trim().toLowerCase();
