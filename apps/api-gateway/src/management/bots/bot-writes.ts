import type { RemoteBot } from '@dialtone/domain';
import { clientBotsResource, requestResource, writeTarget } from '@dialtone/engine';
import { writableFields } from '@dialtone/voicelink';
import { ApiError } from '../../http/errors/api-error';
import { findListed } from '../find-listed';
import type { Opened } from '../open-account';
import type { PlannedWrite } from '../pass-through';
import { asSent } from '../upstream-body';
import type { CreateBotBody, UpdateBotBody } from './bots.dto';

/** Many numbers may depend on a bot. */
const ON_ANY_NUMBER = { key: null, affectsNumbers: true } as const;

/** VoiceLink upstream notes §7.2. */
export const planCreateBot = (
  { accountId }: Opened,
  given: CreateBotBody,
  defaultWebsocketUrl: string,
): PlannedWrite => ({
  path: '/v1/websocket-bot/create',
  body: () =>
    asSent({
      bot_name: given.bot_name,
      client_id: given.client_id,
      websocket_url: given.websocket_url ?? defaultWebsocketUrl,
      webhook_url: given.webhook_url,
      status: given.status,
    }),
  resource: clientBotsResource(accountId, given.client_id),
  target: writeTarget('bot-create', given.client_id),
  ...ON_ANY_NUMBER,
});

/**
 * VoiceLink upstream notes §7.3: an update replaces the record. Fields of this API are sent as given, an omitted one not at
 * all; unmodelled fields are sent back unchanged.
 */
export const planUpdateBot = async (opened: Opened, botId: number, given: UpdateBotBody): Promise<PlannedWrite> => {
  const { accountId, connectionId } = opened;
  const { clientId } = await findBot(opened, botId);
  return {
    path: `/v1/websocket-bot/update/${String(botId)}`,
    body: async () => {
      const { raw } = await findBot(opened, botId);
      const { bot_name, websocket_url, webhook_url, status } = given;
      return asSent({ ...writableFields(raw), bot_name, websocket_url, webhook_url, status }, raw);
    },
    resource:
      clientId === null
        ? requestResource(connectionId, `bot:${String(botId)}`)
        : clientBotsResource(accountId, clientId),
    target: writeTarget('bot-update', botId),
    ...ON_ANY_NUMBER,
  };
};

const findBot = async (opened: Opened, botId: number): Promise<RemoteBot> => {
  const { row, doubt } = await findListed(opened, 'bots', ({ id }) => id === botId);
  if (row !== null) return row;
  throw (
    doubt?.error ?? new ApiError('VOICELINK_NOT_FOUND', `VoiceLink lists no bot ${String(botId)} on this connection.`)
  );
};
