import { Inject, Injectable } from '@nestjs/common';
import type { CarrierName } from '@dialtone/carriers';
import {
  parseAgentId,
  phoneNumberOf,
  type ConnectionId,
  type DidKey,
  type PartnerId,
  type PhoneNumberId,
} from '@dialtone/domain';
import {
  TELEPHONY_PROVIDERS,
  type GivenNumber,
  type PhoneNumberChange,
  type PhoneNumberInventory,
  type PhoneNumberRow,
  type Principal,
  type TelephonyProvider,
} from '@dialtone/persistence';
import { agentNotFound, ApiError, invalidInput } from '../http/errors/api-error';
import { connectionNotFound, ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import type { CarrierNumbers } from '../outside/carrier-numbers';
import { CARRIER_NUMBERS, GATEWAY_SETTINGS, INVENTORY_STORE, type GatewaySettings } from '../outside/tokens';
import { givenNumber } from '../telephony/given-number';
import { carrierList, type CarrierList } from './carrier-list';
import type { PhoneNumbersQuery, SyncPhoneNumbersBody, UpdatePhoneNumberBody } from './phone-numbers.dto';

interface Synced {
  /** Null: no carrier was asked. */
  readonly list:
    (Pick<CarrierList, 'isComplete' | 'warnings'> & { readonly notListed: readonly PhoneNumberRow[] }) | null;
  readonly created: number;
  readonly rows: readonly PhoneNumberRow[];
  /** Why some of the numbers were left as they are. */
  readonly refused: readonly { readonly phoneNumber: string; readonly why: ApiError }[];
}

interface Place {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
}

const notFound = (): ApiError => new ApiError('NOT_FOUND', 'This partner has no such phone number: check the id.');

/** Does not tell which partner the other connection belongs to. */
const inboundConflict = (phoneNumber: string): ApiError =>
  new ApiError(
    'INBOUND_CONFLICT',
    `${phoneNumber} takes its inbound calls on another connection already: disable it there first.`,
  );

const disconnected = (): ApiError =>
  new ApiError(
    'CONNECTION_DISCONNECTED',
    'The connection of this number is disconnected: it cannot be active or take inbound calls.',
  );

const providerOf = (spelling: string): TelephonyProvider => {
  const provider = TELEPHONY_PROVIDERS.find((name) => name === spelling.toLowerCase());
  if (provider === undefined) throw new Error(`${spelling} passed the validation of providers.`);
  return provider;
};

/** Two spellings of one number are one number, as it was written first. */
const uniqueByKey = (numbers: readonly GivenNumber[]): readonly GivenNumber[] => [
  ...new Map([...numbers].reverse().map((number) => [number.key, number])).values(),
];

/** In the order in which they were given. */
const refusedOf = (numbers: readonly GivenNumber[], taken: readonly DidKey[]): Synced['refused'] => {
  const keys = new Set(taken);
  return numbers
    .filter(({ key }) => keys.has(key))
    .map(({ key, phoneNumber }) => ({ phoneNumber, why: inboundConflict(phoneNumberOf(key)) }));
};

const toChange = (body: UpdatePhoneNumberBody): PhoneNumberChange => ({
  ...(body.agent_id !== undefined && { agentId: parseAgentId(body.agent_id ?? '') }),
  ...(body.friendly_name !== undefined && { friendlyName: body.friendly_name === '' ? null : body.friendly_name }),
  ...(body.status !== undefined && body.status !== null && { status: body.status }),
  ...(body.inbound_enabled !== undefined && body.inbound_enabled !== null && { inboundEnabled: body.inbound_enabled }),
});

/** The local inventory of one partner. */
@Injectable()
export class PhoneNumbersService {
  constructor(
    @Inject(INVENTORY_STORE) private readonly inventory: PhoneNumberInventory,
    private readonly connections: ConnectionSelection,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    @Inject(CARRIER_NUMBERS) private readonly carrierNumbers: CarrierNumbers,
  ) {}

  async list(
    { partnerId }: Principal,
    query: PhoneNumbersQuery,
  ): Promise<{ readonly items: readonly PhoneNumberRow[]; readonly total: number }> {
    const connectionId = requestedConnection(query);
    if (connectionId !== null) await this.connections.existing(partnerId, connectionId);
    const agentId = parseAgentId(query.agent_id ?? '');
    return this.inventory.list({
      partnerId,
      limit: query.limit,
      offset: query.offset,
      ...(connectionId !== null && { connectionId }),
      ...(query.provider !== undefined && { provider: providerOf(query.provider) }),
      ...(query.status !== undefined && { status: query.status }),
      ...(agentId !== null && { agentId }),
      ...(query.assigned !== undefined && { assigned: query.assigned }),
      ...(query.inbound_enabled !== undefined && { inboundEnabled: query.inbound_enabled }),
      ...(query.phone_number !== undefined && { key: this.numberOf(query.phone_number).key }),
    });
  }

  async find({ partnerId }: Pick<Principal, 'partnerId'>, id: PhoneNumberId): Promise<PhoneNumberRow> {
    const row = await this.inventory.find(partnerId, id);
    if (row === null) throw notFound();
    return row;
  }

  async update({ partnerId }: Principal, id: PhoneNumberId, body: UpdatePhoneNumberBody): Promise<PhoneNumberRow> {
    const result = await this.inventory.update(partnerId, id, toChange(body));
    switch (result.kind) {
      case 'updated':
        return result.row;
      case 'not_found':
        throw notFound();
      case 'agent_not_found':
        throw agentNotFound();
      case 'disconnected':
        throw disconnected();
      case 'inbound_taken':
        throw inboundConflict((await this.find({ partnerId }, id)).phoneNumber);
    }
  }

  async sync({ partnerId }: Principal, body: SyncPhoneNumbersBody): Promise<Synced> {
    const provider = providerOf(body.provider);
    if (provider === 'voicelink') {
      throw invalidInput(
        'provider',
        'provider cannot be voicelink here: VoiceLink says itself which numbers there are; use POST /api/v2/voicelink/sync.',
      );
    }
    const connection = await this.connections.active(partnerId, requestedConnection(body), provider);
    const place = { partnerId, connectionId: connection.id };
    return body.numbers === undefined ? this.readAll(place, provider) : this.enable(place, provider, body.numbers);
  }

  /** Imports what the carrier lists; nothing that it does not list is removed. */
  private async readAll(place: Place, provider: CarrierName): Promise<Synced> {
    const { quotas, countryCode } = this.settings;
    const { numbers, isComplete, warnings } = await carrierList({
      provider,
      read: this.carrierNumbers(place.connectionId),
      countryCode,
    });
    const atMost = quotas.phone_numbers;
    const result = await this.inventory.importListed({ ...place, numbers, isComplete, atMost });
    if (result.kind === 'disconnected') throw connectionNotFound(provider);
    const { notListed } = result;
    return { ...result, refused: [], list: { isComplete, warnings, notListed } };
  }

  private async enable(place: Place, provider: CarrierName, given: readonly string[]): Promise<Synced> {
    const numbers = uniqueByKey(given.map((raw) => this.numberOf(raw)));
    const { phone_numbers: atMost } = this.settings.quotas;
    const result = await this.inventory.sync({ ...place, numbers, atMost });
    switch (result.kind) {
      case 'synced':
        return { ...result, refused: refusedOf(numbers, result.taken), list: null };
      case 'inbound_taken':
        throw inboundConflict(phoneNumberOf(result.key));
      case 'disconnected':
        throw connectionNotFound(provider);
    }
  }

  private numberOf(raw: string): GivenNumber {
    return givenNumber(raw, this.settings.countryCode);
  }
}
