import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { isWebSocketUrl } from '../http/input/websocket-url';
import { ConnectionInput } from '../http/input/connection-selection';
import { Rule, UUID } from '../http/input/fields';

/** null is no value of these fields: only what is left out is left out. */
const optional = (
  field: string,
  options: ApiPropertyOptions,
  rule: { readonly isValid: (value: unknown) => boolean; readonly mustBe: string },
): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional(options),
    ValidateIf((input: Readonly<Record<string, unknown>>) => input[field] !== undefined),
    Rule(`${field}IsValid`, rule.isValid, `${field} must be ${rule.mustBe}.`),
  );

const AN_ID = {
  isValid: (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1,
  mustBe: 'an integer of at least 1, written as a JSON number',
};
const idOptions = (description: string, example: number): ApiPropertyOptions => ({
  type: 'integer',
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description,
  example,
});

/** Which connection is looked at, and whether what is found is imported. */
export class SyncBody extends ConnectionInput {
  @optional(
    'import_dids',
    {
      type: Boolean,
      default: true,
      description:
        'Every purchased number gets its local row. `false`: a read-only check, which stores nothing at all.',
      example: true,
    },
    { isValid: (value) => typeof value === 'boolean', mustBe: 'true or false, written as a JSON boolean' },
  )
  readonly import_dids?: boolean;
}

/** Printable, and not only blanks. */
const BOT_NAME = /^(?=.*\S)[^\p{Cc}\p{Cs}]{1,100}$/u;
const MAX_NUMBER = 40;

/** Which number is made ready, and with what. Exactly one of did_id and did_number. */
export class CallReadyBody extends ConnectionInput {
  @optional('did_id', idOptions('Id of the purchased number in VoiceLink. Either this or did_number.', 812), AN_ID)
  readonly did_id?: number;

  @optional(
    'did_number',
    {
      type: String,
      minLength: 1,
      maxLength: MAX_NUMBER,
      description: 'The purchased number in any spelling. Either this or did_id.',
      example: '918011223344',
    },
    {
      isValid: (value) => typeof value === 'string' && value.length > 0 && value.length <= MAX_NUMBER,
      mustBe: 'a phone number, written as a text, for example 918011223344',
    },
  )
  readonly did_number?: string;

  @optional(
    'client_id',
    idOptions(
      'Maps the number to this VoiceLink client, only while it is unmapped, and with call_recording=0. A mapped number is never re-mapped.',
      415,
    ),
    AN_ID,
  )
  readonly client_id?: number;

  @optional(
    'agent_id',
    {
      type: String,
      format: 'uuid',
      description:
        'Is assigned to the local row. Without one everything else is done, and the number is not ready yet.',
      example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55',
    },
    {
      isValid: (value) => typeof value === 'string' && UUID.test(value),
      mustBe: 'a UUID, for example f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55',
    },
  )
  readonly agent_id?: string;

  @optional(
    'bot_name',
    {
      type: String,
      minLength: 1,
      maxLength: 100,
      description: 'Name of the bot, used only when one must be created.',
      example: 'Vocobase +918011223344',
    },
    {
      isValid: (value) => typeof value === 'string' && BOT_NAME.test(value),
      mustBe: 'a text of 1 to 100 printable characters',
    },
  )
  readonly bot_name?: string;

  @optional(
    'websocket_url',
    {
      type: String,
      format: 'uri',
      maxLength: 2000,
      description:
        'Where the bot points to, used only when one must be created; the configured endpoint when left out.',
      example: 'wss://bots.example.com/ws',
    },
    {
      isValid: isWebSocketUrl,
      mustBe: 'a wss:// URL with a host, without credentials and fragment, for example wss://bots.example.com/ws',
    },
  )
  readonly websocket_url?: string;
}
