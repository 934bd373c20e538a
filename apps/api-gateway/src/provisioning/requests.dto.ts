import { ConnectionInput } from '../http/input/connection-selection';
import { Optional, type Kind } from '../http/input/field';
import { boolean, count, MAX_SPELLED_NUMBER, text, uuid, webSocketUrl } from '../http/input/kinds';

/** Which connection is synced, and whether its numbers are imported. */
export class SyncBody extends ConnectionInput {
  @Optional('import_dids', boolean, {
    description: 'Every purchased number gets its local row. `false`: a read-only check, which stores nothing at all.',
    default: true,
    example: true,
  })
  readonly import_dids?: boolean;
}

const AGENT = 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55';
const DID_NUMBER: Kind = {
  schema: { type: String, minLength: 1, maxLength: MAX_SPELLED_NUMBER },
  mustBe: 'a phone number, written as a text, for example 918011223344',
  isValid: (value) => typeof value === 'string' && value.length > 0 && value.length <= MAX_SPELLED_NUMBER,
};

/** Which number is made ready, and with what. Exactly one of did_id and did_number. */
export class CallReadyBody extends ConnectionInput {
  @Optional('did_id', count, {
    description: 'Id of the purchased number in VoiceLink. Either this or did_number.',
    example: 812,
  })
  readonly did_id?: number;

  @Optional('did_number', DID_NUMBER, {
    description: 'The purchased number in any spelling. Either this or did_id.',
    example: '918011223344',
  })
  readonly did_number?: string;

  @Optional('client_id', count, {
    description:
      'Maps the number to this VoiceLink client, only while it is unmapped, and with call_recording=0. A mapped number is never re-mapped.',
    example: 415,
  })
  readonly client_id?: number;

  @Optional('agent_id', uuid(AGENT), {
    description:
      'The agent to assign to the local row. Without one every other step is done, and the number is not ready yet.',
    example: AGENT,
  })
  readonly agent_id?: string;

  @Optional('bot_name', text(100), {
    description: 'Name of the bot, used only when one must be created.',
    example: 'Vocobase +918011223344',
  })
  readonly bot_name?: string;

  @Optional('websocket_url', webSocketUrl, {
    description: 'Where the bot points to, used only when one must be created; the configured endpoint when omitted.',
    example: 'wss://bots.example.com/ws',
  })
  readonly websocket_url?: string;
}
