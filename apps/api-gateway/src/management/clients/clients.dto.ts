import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ConnectionInput } from '../../http/input/connection-selection';
import { Rule } from '../../http/input/fields';
import {
  OptionalCode,
  OptionalCount,
  OptionalEmail,
  OptionalNumber,
  OptionalText,
  QueryCode,
  QueryCount,
  QueryText,
  RequiredCount,
  RequiredEmail,
  RequiredText,
  unlessLeftOut,
} from '../fields';

export const ACTIVE = [0, 1] as const;
const NAME = 100;
const WORDS = 255;

/** Any characters but control ones; blanks belong to it. */
const PASSWORD_PATTERN = /^[^\p{Cc}\p{Cs}]{1,255}$/u;
const isPassword = (value: unknown): boolean => typeof value === 'string' && PASSWORD_PATTERN.test(value);
const PASSWORD = 'password must be a text of 1 to 255 characters without control characters.';
const PASSWORD_DOC = {
  type: String,
  format: 'password',
  minLength: 1,
  maxLength: WORDS,
  pattern: PASSWORD_PATTERN.source,
  writeOnly: true,
  example: 'correct horse battery staple',
  description: 'Passed on to VoiceLink; never stored, logged or returned.',
} as const;

/** Filters and paging, as far as VoiceLink honours them. */
export class ClientsQuery extends ConnectionInput {
  @QueryText('search', { description: 'Client search term.' })
  readonly search?: string;

  @QueryCode('status', ACTIVE, { description: '1 active, 0 inactive.' })
  readonly status?: number;

  @QueryCount('per_page', { description: 'Rows per page.' })
  readonly per_page?: number;

  @QueryCount('page', { description: 'Page, from 1.' })
  readonly page?: number;
}

/** What may be said about a client, whether new or not. */
class ClientOptions extends ConnectionInput {
  @OptionalText('phone', 50, { example: '+919876543210' })
  readonly phone?: string;

  @OptionalCode('is_active', ACTIVE, { description: '1 active, 0 inactive.', example: 1 })
  readonly is_active?: number;

  @OptionalNumber('negative_threshold', null, { description: 'How far the balance may fall.', example: 0 })
  readonly negative_threshold?: number;

  @OptionalCount('pulse_seconds', { description: 'Length of a billing pulse.', example: 60 })
  readonly pulse_seconds?: number;

  @OptionalNumber('inbound_rate', 0, { example: 1.5 })
  readonly inbound_rate?: number;

  @OptionalNumber('outbound_rate', 0, { example: 1.5 })
  readonly outbound_rate?: number;

  @OptionalText('plan_type', NAME, {})
  readonly plan_type?: string;
}

export class CreateClientBody extends ClientOptions {
  @RequiredText('first_name', NAME, { example: 'Asha' })
  readonly first_name!: string;

  @RequiredText('last_name', NAME, { example: 'Rao' })
  readonly last_name!: string;

  @RequiredText('username', WORDS, { description: 'Unique at VoiceLink.', example: 'asha.rao' })
  readonly username!: string;

  @RequiredEmail('email', { example: 'asha.rao@example.com' })
  readonly email!: string;

  @ApiProperty(PASSWORD_DOC)
  @Rule('isPassword', isPassword, PASSWORD)
  readonly password!: string;

  @RequiredCount('channel_count', { description: "Drawn from the reseller's channels.", example: 5 })
  readonly channel_count!: number;
}

export class UpdateClientBody extends ClientOptions {
  @OptionalText('first_name', NAME, { example: 'Asha' })
  readonly first_name?: string;

  @OptionalText('last_name', NAME, { example: 'Rao' })
  readonly last_name?: string;

  @OptionalText('username', WORDS, { description: 'Unique at VoiceLink.' })
  readonly username?: string;

  @OptionalEmail('email', { example: 'asha.rao@example.com' })
  readonly email?: string;

  @ApiPropertyOptional(PASSWORD_DOC)
  @unlessLeftOut('password')
  @Rule('isPassword', isPassword, PASSWORD)
  readonly password?: string;

  @OptionalCount('channel_count', { description: "Drawn from the reseller's channels.", example: 8 })
  readonly channel_count?: number;
}
