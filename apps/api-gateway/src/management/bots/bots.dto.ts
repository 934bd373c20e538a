import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { isWebSocketUrl, WEBSOCKET_URL_PATTERN } from '../../http/input/websocket-url';
import { ConnectionInput } from '../../http/input/connection-selection';
import { Rule } from '../../http/input/fields';
import {
  OptionalCode,
  QueryCode,
  QueryCount,
  QueryText,
  RequiredCode,
  RequiredCount,
  RequiredText,
  unlessLeftOut,
} from '../fields';
import { isWebhookUrl, WEBHOOK_URL_PATTERN } from './webhook-url';

const ACTIVE = [0, 1] as const;
const MAX_PER_PAGE = 1000;
const NAME = 255;
const MAX_URL = 2000;

const WEBSOCKET_URL =
  'websocket_url must be a wss:// URL with a host, without credentials and fragment, for example wss://bots.example.com/ws.';
const REPLACES = 'It is required because the update replaces the record: resend the current value to keep it.';
const WEBHOOK_URL =
  'webhook_url must be an http:// or https:// URL with a host, without credentials, for example https://example.com/events.';
const urlDoc = (example: string, pattern: string) =>
  ({ type: String, format: 'uri', maxLength: MAX_URL, pattern, example }) as const;
const WEBSOCKET_EXAMPLE = urlDoc('wss://bots.example.com/ws', WEBSOCKET_URL_PATTERN);

/** Filters and paging. */
export class BotsQuery extends ConnectionInput {
  @QueryText('search', { description: 'Bot search term.' })
  readonly search?: string;

  @QueryCode('status', ACTIVE, { description: '1 active, 0 inactive.' })
  readonly status?: number;

  @QueryCount('reseller_id', { description: 'Only bots of this reseller.' })
  readonly reseller_id?: number;

  @QueryCount('client_id', { description: 'Only bots of this client.' })
  readonly client_id?: number;

  @QueryCount('per_page', { description: 'Rows per page.', max: MAX_PER_PAGE })
  readonly per_page?: number;

  @QueryCount('page', { description: 'Page, from 1.' })
  readonly page?: number;
}

class BotInput extends ConnectionInput {
  @ApiPropertyOptional({
    ...urlDoc('https://example.com/events', WEBHOOK_URL_PATTERN),
    description: 'Where VoiceLink reports call events.',
  })
  @unlessLeftOut('webhook_url')
  @Rule('isWebhookUrl', isWebhookUrl, WEBHOOK_URL)
  readonly webhook_url?: string;
}

export class CreateBotBody extends BotInput {
  @RequiredText('bot_name', NAME, { example: 'Vocobase +918011223344' })
  readonly bot_name!: string;

  @RequiredCount('client_id', { description: 'The client that the bot belongs to.', example: 415 })
  readonly client_id!: number;

  @ApiPropertyOptional({
    ...WEBSOCKET_EXAMPLE,
    description: 'Where calls go; the configured Vocobase endpoint when left out.',
  })
  @unlessLeftOut('websocket_url')
  @Rule('isWebSocketUrl', isWebSocketUrl, WEBSOCKET_URL)
  readonly websocket_url?: string;

  @OptionalCode('status', ACTIVE, { description: '1 active, 0 inactive.', default: 1 })
  readonly status: number = 1;
}

export class UpdateBotBody extends BotInput {
  @RequiredText('bot_name', NAME, { example: 'Vocobase +918011223344' }, REPLACES)
  readonly bot_name!: string;

  @ApiProperty({ ...WEBSOCKET_EXAMPLE, description: 'Where calls go.' })
  @Rule('isWebSocketUrl', isWebSocketUrl, `${WEBSOCKET_URL} ${REPLACES}`)
  readonly websocket_url!: string;

  @RequiredCode('status', ACTIVE, { description: '1 active, 0 inactive.', example: 1 }, REPLACES)
  readonly status!: number;
}
