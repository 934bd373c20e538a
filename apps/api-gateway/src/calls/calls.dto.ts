import { ApiProperty } from '@nestjs/swagger';
import { CALL_STATUSES, TELEPHONY_PROVIDERS, type CallStatus, type TelephonyProvider } from '@dialtone/persistence';
import { ConnectionInput } from '../http/input/connection-selection';
import { Nullable, Required, type Kind } from '../http/input/field';
import { choice, e164, jsonObject, uuid } from '../http/input/kinds';

/** The default of the public API documents, older than VoiceLink. */
export const DEFAULT_PROVIDER: TelephonyProvider = 'mcube';

const VARIABLES: Kind = { ...jsonObject, mustBe: 'a JSON object, for example {"customer_name": "Asha"}' };

export class StartCallBody extends ConnectionInput {
  @Required('agent_id', uuid(), {
    description: 'The agent that talks.',
    example: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890',
  })
  readonly agent_id!: string;

  @Required('to_number', e164, { description: 'The number to call.', example: '+919876543210' })
  readonly to_number!: string;

  @Nullable('provider', choice(TELEPHONY_PROVIDERS), {
    description: `Carrier; ${DEFAULT_PROVIDER} when omitted.`,
    example: 'plivo',
  })
  readonly provider?: TelephonyProvider | null;

  @Nullable('variables', VARIABLES, {
    description: 'Passed on to the agent with the call, unchanged.',
    example: { customer_name: 'Asha' },
  })
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

export class StartedCallDto {
  @ApiProperty({ type: String, format: 'uuid', example: 'c1234567-abcd-1234-abcd-123456789012' })
  readonly call_id!: string;

  @ApiProperty({ type: String, format: 'uuid', example: '51234567-abcd-1234-abcd-123456789012' })
  readonly session_id!: string;

  @ApiProperty({
    enum: [...CALL_STATUSES],
    description: 'A call that has just been started is `pending`.',
    example: 'pending',
  })
  readonly status!: CallStatus;

  @ApiProperty({ enum: [...TELEPHONY_PROVIDERS], example: 'plivo' })
  readonly provider!: TelephonyProvider;

  @ApiProperty({ type: String, format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' })
  readonly connection_id!: string;

  @ApiProperty({
    type: String,
    description: 'The caller id.',
    example: '+918011223344',
  })
  readonly from_number!: string;

  @ApiProperty({ type: String, example: '+919876543210' })
  readonly to_number!: string;

  @ApiProperty({ type: String, format: 'uuid', example: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890' })
  readonly agent_id!: string;
}
