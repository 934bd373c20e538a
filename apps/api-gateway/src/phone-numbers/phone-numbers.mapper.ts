import { carrierInfo } from '@dialtone/carriers';
import { POINTED_PROVIDERS, type PhoneNumberRow } from '@dialtone/persistence';
import type { ApiError } from '../http/errors/api-error';
import type { Fields } from '../http/errors/envelope';
import type { ListWarning } from './carrier-list';
import type { PhoneNumberDto, SyncedPhoneNumbersDto } from './phone-numbers.dto';

type InboundLoss = NonNullable<PhoneNumberRow['inboundLoss']>;

const LOSSES: Readonly<Record<InboundLoss['reason'], string>> = {
  proven_elsewhere:
    'Takes no inbound calls here any more: a verified carrier lists this number for another connection. Set inbound_enabled to false if that is right; otherwise connect the account that the number is in.',
  released: 'Takes no inbound calls here any more: the operator released it. Set inbound_enabled again, or to false.',
};

const NOT_LISTED =
  'Its carrier does not list this number any more, so calls with it will hardly work. Nothing was removed: set its status to INACTIVE if it is gone, or sync again.';

type Advisory = NonNullable<Fields<PhoneNumberDto>['advisories']>[number];

/** None is left out: it is what nearly every number has. */
const advisoriesOf = ({
  inboundLoss,
  unlistedSince,
}: PhoneNumberRow): { readonly advisories?: readonly Advisory[] } => {
  const advisories: Advisory[] = [];
  if (inboundLoss !== null) advisories.push(advisory('INBOUND_LOST', LOSSES[inboundLoss.reason], inboundLoss.since));
  if (unlistedSince !== null) advisories.push(advisory('NOT_LISTED', NOT_LISTED, unlistedSince));
  return advisories.length === 0 ? {} : { advisories };
};

const advisory = (code: Advisory['code'], message: string, since: Date): Advisory => ({
  code,
  message,
  since: since.toISOString(),
});

type Inbound = NonNullable<Fields<PhoneNumberDto>['inbound']>;

/** Left out where nothing was asked for, and for VoiceLink, whose routing is declared. */
const inboundOf = (row: PhoneNumberRow): { readonly inbound?: Inbound } => {
  const { provider, pointing } = row;
  if (pointing !== null) {
    const { state, previous, error, since } = pointing;
    return { inbound: { state, previous, error, since: since.toISOString() } };
  }
  const takesCalls = row.status === 'ACTIVE' && row.inboundEnabled && row.agent !== null;
  if (!takesCalls || provider === 'voicelink' || POINTED_PROVIDERS.some((name) => name === provider)) return {};
  const { label } = carrierInfo(provider);
  const error = `${label} cannot be told here where calls to this number go: set it in its panel, as docs/carriers/${provider}.md says.`;
  return { inbound: { state: 'by_hand', previous: null, error, since: null } };
};

export const toPhoneNumber = (row: PhoneNumberRow): Fields<PhoneNumberDto> => ({
  id: row.id,
  phone_number: row.phoneNumber,
  provider: row.provider.toUpperCase(),
  friendly_name: row.friendlyName,
  status: row.status,
  is_default: row.isDefault,
  agent: row.agent === null ? null : { id: row.agent.id, name: row.agent.name },
  inbound_enabled: row.inboundEnabled,
  connection_id: row.connectionId,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
  ...inboundOf(row),
  ...advisoriesOf(row),
});

/** What stands behind the numbers. */
export const toSyncedRest = ({
  refused,
  list,
}: {
  readonly refused: readonly { readonly phoneNumber: string; readonly why: ApiError }[];
  readonly list: {
    readonly isComplete: boolean;
    readonly notListed: readonly PhoneNumberRow[];
    readonly warnings: readonly ListWarning[];
  } | null;
}): Omit<Fields<SyncedPhoneNumbersDto>, 'synced' | 'created' | 'phone_numbers'> => ({
  ...(refused.length > 0 && {
    refused: refused.map(({ phoneNumber, why }) => ({
      phone_number: phoneNumber,
      code: 'INBOUND_CONFLICT',
      message: why.message,
    })),
  }),
  ...(list !== null && {
    complete: list.isComplete,
    not_listed: list.notListed.map(({ phoneNumber }) => phoneNumber),
    warnings: list.warnings.map(({ code, message }) => ({ code, message })),
  }),
});
