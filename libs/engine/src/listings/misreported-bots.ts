import type { RemoteBot, Snapshot } from '@dialtone/domain';
import type { VoiceLinkConnections, MisreportedBots, SweepableConnection } from '../ports/connections';

/**
 * How long it is believed, after an activation that the list did not show, that the list is wrong and not somebody who switched
 * the bot off again in that moment. Then the bot is activated once more, which tells anew.
 */
export const BELIEVED_FOR_MS = 3_600_000;

/** Those that a list shows as active, so that it is not wrong about them. */
export const honestlyListed = (bots: readonly RemoteBot[], misreported: ReadonlySet<number>): readonly number[] =>
  bots.filter((bot) => bot.active === true && misreported.has(bot.id)).map(({ id }) => id);

/** Those of which it is time to prove it again. */
export const doubtful = (misreported: MisreportedBots, now: number): ReadonlySet<number> =>
  new Set([...misreported].filter(([, markedAt]) => now - markedAt >= BELIEVED_FOR_MS).map(([id]) => id));

/** What was believed of a bot ends with the first list that shows it as active. Nothing is written otherwise. */
export const forgetHonestBots = async (
  { connections }: { readonly connections: Pick<VoiceLinkConnections, 'misreportedBots' | 'unmarkMisreportedBots'> },
  { id }: SweepableConnection,
  { bots, startedAt }: Pick<Snapshot, 'bots' | 'startedAt'>,
): Promise<void> => {
  const misreported = await connections.misreportedBots(id);
  const honest = honestlyListed(bots.rows, new Set(misreported.keys()));
  if (honest.length > 0) await connections.unmarkMisreportedBots(id, honest, startedAt);
};
