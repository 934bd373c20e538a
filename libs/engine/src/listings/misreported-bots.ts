import type { RemoteBot, Snapshot } from '@dialtone/domain';
import type { VoiceLinkConnections, MisreportedBots, SweepableConnection } from '../ports/connections';

/**
 * After an activation that the list does not show, the list is presumed wrong for this long. Then the bot is activated once
 * more: a human may have switched it off in that moment.
 */
export const BELIEVED_FOR_MS = 3_600_000;

/** Marked bots that a list shows as active: it is right about them. */
export const honestlyListed = (bots: readonly RemoteBot[], misreported: ReadonlySet<number>): readonly number[] =>
  bots.filter((bot) => bot.active === true && misreported.has(bot.id)).map(({ id }) => id);

/** Bots whose mark has expired and must be proven again. */
export const doubtful = (misreported: MisreportedBots, now: number): ReadonlySet<number> =>
  new Set([...misreported].filter(([, markedAt]) => now - markedAt >= BELIEVED_FOR_MS).map(([id]) => id));

/** Unmarks bots that this list shows as active. Writes nothing otherwise. */
export const forgetHonestBots = async (
  { connections }: { readonly connections: Pick<VoiceLinkConnections, 'misreportedBots' | 'unmarkMisreportedBots'> },
  { id }: SweepableConnection,
  { bots, startedAt }: Pick<Snapshot, 'bots' | 'startedAt'>,
): Promise<void> => {
  const misreported = await connections.misreportedBots(id);
  const honest = honestlyListed(bots.rows, new Set(misreported.keys()));
  if (honest.length > 0) await connections.unmarkMisreportedBots(id, honest, startedAt);
};
