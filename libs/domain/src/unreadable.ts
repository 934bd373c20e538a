import { activeBots } from './bot';
import type { KeyObservation } from './observation';
import { KEY_SECTIONS, type KeySection } from './key-section';
import type { RemoteBot, RemoteDid, RemoteRouting, RemoteRow, UnreadableFact } from './remote';

/** What the lists hold of one key. */
interface Listed extends Pick<KeyObservation, 'bots' | 'routing' | 'misreportedBotIds'> {
  /** All rows of the key: which of them counts depends on facts that may be unreadable. */
  readonly dids: readonly RemoteDid[] | null;
  /** Bots whose client cannot be read, so that they may be this key's. */
  readonly strayBots: readonly RemoteBot[];
}

/** The lists from which nothing follows for a key, because a value that decides cannot be read. */
export const unreadableSections = (listed: Listed): readonly KeySection[] =>
  KEY_SECTIONS.filter((section) => IS_UNREADABLE[section](listed));

export const hasUnreadable = (row: RemoteRow<string>): boolean => row.unreadable !== undefined;

/** Of another client, as far as its id can be read, a bot is not. */
export const isStrayBot = (bot: RemoteBot): boolean => bot.unreadable?.includes('clientId') === true;

/** The inbound half and the ids that no verdict needs are missing here: they only keep an update from being sent. */
const VERDICT_FACTS: readonly UnreadableFact<RemoteRouting>[] = ['forOutboundCall', 'outboundBotId', 'active'];

const IS_UNREADABLE: Readonly<Record<KeySection, (listed: Listed) => boolean>> = {
  dids: ({ dids }) => dids?.some(hasUnreadable) ?? false,
  bots: (listed) => areBotsUnreadable(listed),
  routing: ({ routing }) => VERDICT_FACTS.some((fact) => routing?.unreadable?.includes(fact)),
};

/**
 * A bot that is active for certain answers for the client, whatever is wrong with others, unless calls go to one of those.
 * Without it each of the others may be the one that would do, or be brought back.
 */
const areBotsUnreadable = (listed: Listed): boolean => {
  const { bots, strayBots, routing } = listed;
  const odd = [...bots.filter(hasUnreadable), ...strayBots];
  if (odd.length === 0) return false;
  const certain = activeBots(listed);
  return certain.length === 0 || odd.some((bot) => bot.id === routing?.outboundBotId && !certain.includes(bot));
};
