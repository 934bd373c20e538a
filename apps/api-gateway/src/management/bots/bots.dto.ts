import { ConnectionInput } from '../../http/input/connection-selection';
import { InQuery, Optional, Required, type Kind } from '../../http/input/field';
import { code, count, integer, search, text, webSocketUrl } from '../../http/input/kinds';
import { isWebhookUrl, WEBHOOK_URL_PATTERN } from './webhook-url';

const ACTIVE = [0, 1] as const;
const MAX_PER_PAGE = 1000;
const NAME = 255;

const REPLACES = 'It is required because the update replaces the record: resend the current value to keep it.';
const WEBHOOK_URL: Kind = {
  schema: { type: String, format: 'uri', maxLength: 2000, pattern: WEBHOOK_URL_PATTERN },
  mustBe: 'an http:// or https:// URL with a host, without credentials, for example https://example.com/events',
  isValid: isWebhookUrl,
};
const WEBSOCKET_EXAMPLE = 'wss://bots.example.com/ws';

/** Filters and paging. */
export class BotsQuery extends ConnectionInput {
  @InQuery('search', search, { description: 'Bot search term.' })
  readonly search?: string;

  @InQuery('status', code(ACTIVE), { description: '1 active, 0 inactive.' })
  readonly status?: number;

  @InQuery('reseller_id', count, { description: 'Only bots of this reseller.' })
  readonly reseller_id?: number;

  @InQuery('client_id', count, { description: 'Only bots of this client.' })
  readonly client_id?: number;

  @InQuery('per_page', integer({ min: 1, max: MAX_PER_PAGE }), { description: 'Rows per page.' })
  readonly per_page?: number;

  @InQuery('page', count, { description: 'Page, from 1.' })
  readonly page?: number;
}

class BotInput extends ConnectionInput {
  @Optional('webhook_url', WEBHOOK_URL, {
    description: 'Where VoiceLink reports call events.',
    example: 'https://example.com/events',
  })
  readonly webhook_url?: string;
}

export class CreateBotBody extends BotInput {
  @Required('bot_name', text(NAME), { example: 'Vocobase +918011223344' })
  readonly bot_name!: string;

  @Required('client_id', count, { description: 'The client that the bot belongs to.', example: 415 })
  readonly client_id!: number;

  @Optional('websocket_url', webSocketUrl, {
    description: 'Where calls go; the configured Vocobase endpoint when left out.',
    example: WEBSOCKET_EXAMPLE,
  })
  readonly websocket_url?: string;

  @Optional('status', code(ACTIVE), { description: '1 active, 0 inactive.', default: 1 })
  readonly status: number = 1;
}

export class UpdateBotBody extends BotInput {
  @Required('bot_name', text(NAME), { example: 'Vocobase +918011223344' }, REPLACES)
  readonly bot_name!: string;

  @Required('websocket_url', webSocketUrl, { description: 'Where calls go.', example: WEBSOCKET_EXAMPLE }, REPLACES)
  readonly websocket_url!: string;

  @Required('status', code(ACTIVE), { description: '1 active, 0 inactive.', example: 1 }, REPLACES)
  readonly status!: number;
}
