import { ConnectionInput } from '../../http/input/connection-selection';
import { InQuery, Optional, Required } from '../../http/input/field';
import { code, count, email, matching, number, search, text } from '../../http/input/kinds';

export const ACTIVE = [0, 1] as const;
const NAME = 100;
const WORDS = 255;

/** Any characters except control characters, blanks included. */
const PASSWORD = matching({
  pattern: /^[^\p{Cc}\p{Cs}]{1,255}$/u,
  mustBe: 'a text of 1 to 255 characters without control characters',
  minLength: 1,
  maxLength: WORDS,
  format: 'password',
  writeOnly: true,
});
const PASSWORD_DOC = {
  example: 'correct horse battery staple',
  description: 'Passed on to VoiceLink; never stored, logged or returned.',
} as const;

/** Filters and paging, as far as VoiceLink honours them. */
export class ClientsQuery extends ConnectionInput {
  @InQuery('search', search, { description: 'Client search term.' })
  readonly search?: string;

  @InQuery('status', code(ACTIVE), { description: '1 active, 0 inactive.' })
  readonly status?: number;

  @InQuery('per_page', count, { description: 'Rows per page.' })
  readonly per_page?: number;

  @InQuery('page', count, { description: 'Page, from 1.' })
  readonly page?: number;
}

/** Fields of both a new and an updated client. */
class ClientOptions extends ConnectionInput {
  @Optional('phone', text(50), { example: '+919876543210' })
  readonly phone?: string;

  @Optional('is_active', code(ACTIVE), { description: '1 active, 0 inactive.', example: 1 })
  readonly is_active?: number;

  @Optional('negative_threshold', number(null), { description: 'How far the balance may fall.', example: 0 })
  readonly negative_threshold?: number;

  @Optional('pulse_seconds', count, { description: 'Length of a billing pulse.', example: 60 })
  readonly pulse_seconds?: number;

  @Optional('inbound_rate', number(0), { example: 1.5 })
  readonly inbound_rate?: number;

  @Optional('outbound_rate', number(0), { example: 1.5 })
  readonly outbound_rate?: number;

  @Optional('plan_type', text(NAME), {})
  readonly plan_type?: string;
}

export class CreateClientBody extends ClientOptions {
  @Required('first_name', text(NAME), { example: 'Asha' })
  readonly first_name!: string;

  @Required('last_name', text(NAME), { example: 'Rao' })
  readonly last_name!: string;

  @Required('username', text(WORDS), { description: 'Unique at VoiceLink.', example: 'asha.rao' })
  readonly username!: string;

  @Required('email', email, { example: 'asha.rao@example.com' })
  readonly email!: string;

  @Required('password', PASSWORD, PASSWORD_DOC)
  readonly password!: string;

  @Required('channel_count', count, { description: "Drawn from the reseller's channels.", example: 5 })
  readonly channel_count!: number;
}

export class UpdateClientBody extends ClientOptions {
  @Optional('first_name', text(NAME), { example: 'Asha' })
  readonly first_name?: string;

  @Optional('last_name', text(NAME), { example: 'Rao' })
  readonly last_name?: string;

  @Optional('username', text(WORDS), { description: 'Unique at VoiceLink.' })
  readonly username?: string;

  @Optional('email', email, { example: 'asha.rao@example.com' })
  readonly email?: string;

  @Optional('password', PASSWORD, PASSWORD_DOC)
  readonly password?: string;

  @Optional('channel_count', count, { description: "Drawn from the reseller's channels.", example: 8 })
  readonly channel_count?: number;
}
