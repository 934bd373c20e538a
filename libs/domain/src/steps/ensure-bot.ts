import { ownInactiveBot, pointsTo, reusableBot } from '../bot';
import type { RemoteBot, RemoteDid } from '../remote';
import { blocked, incomplete, needed, type Decided, type Situation, type StepDefinition } from './step';

export type EnsureBot =
  | {
      readonly kind: 'ensure_bot';
      readonly verb: 'create';
      readonly clientId: number;
      readonly name: string;
      readonly websocketUrl: string;
    }
  | { readonly kind: 'ensure_bot'; readonly verb: 'activate'; readonly clientId: number; readonly botId: number };

/** No state tells it, and a second bot cannot be taken back, so the plan does. Without the URL: it may hold a token. */
const elsewhere = (bot: RemoteBot, websocketUrl: string): string =>
  bot.websocketUrl === null || pointsTo(bot, websocketUrl)
    ? ''
    : '; it points to another endpoint than a new bot would: change its URL in VoiceLink if calls should not go there';

const decide = (situation: Situation, did: RemoteDid): Decided<'ensure_bot', EnsureBot> => {
  const { spec, observation, websocketUrl, unknown, phoneNumber } = situation;
  const clientId = did.clientId ?? spec.clientId;
  if (unknown.includes('bots')) return incomplete('ensure_bot', 'bots', situation);
  if (clientId === null)
    return blocked('ensure_bot', 'client_required', 'A bot needs the client that the DID is mapped to');
  const bot = reusableBot(observation, websocketUrl);
  if (bot !== null) {
    return {
      step: 'ensure_bot',
      status: 'already',
      detail: `Client ${String(clientId)} has active bot_id=${String(bot.id)}${elsewhere(bot, websocketUrl)}`,
      data: { bot_id: bot.id },
    };
  }
  const own = ownInactiveBot(observation, websocketUrl);
  if (own !== null) {
    return needed(
      'ensure_bot',
      { kind: 'ensure_bot', verb: 'activate', clientId, botId: own.id },
      ['Activate', 'Activated'],
      `bot_id=${String(own.id)} of client ${String(clientId)}`,
    );
  }
  const name = spec.botName ?? `Vocobase ${phoneNumber}`;
  return needed(
    'ensure_bot',
    { kind: 'ensure_bot', verb: 'create', clientId, name, websocketUrl },
    ['Create', 'Created'],
    `active WebSocket bot "${name}" for client ${String(clientId)}`,
  );
};

export const ensureBot: StepDefinition<'ensure_bot', EnsureBot> = {
  kind: 'ensure_bot',
  section: 'bots',
  leavesForVoiceLink: true,
  decide,
  changes: ({ verb }) => verb === 'activate',
  // The new bot is there, though listed as inactive: the create has had its effect.
  showsEffect: (sent, next) => sent.verb === 'create' && next.verb === 'activate',
};
