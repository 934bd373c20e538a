import { TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import { InQuery, Required } from '../http/input/field';
import { choice, integer, text } from '../http/input/kinds';
import { CONNECTIONS_LIMIT, Cursor } from '../http/input/paging';
import { TelephonyFields } from './telephony-fields.dto';

const NAME = text(100);

export class CreateConnectionBody extends TelephonyFields {
  @Required('provider', choice(TELEPHONY_PROVIDERS), { description: 'The carrier.', example: 'plivo' })
  readonly provider!: TelephonyProvider;

  @Required('name', NAME, { description: 'For people; can be changed.', example: 'Plivo India - Sales' })
  readonly name!: string;
}

export class RenameConnectionBody {
  @Required('name', NAME, { description: 'The new name.', example: 'Plivo India - Support' })
  readonly name!: string;
}

export const CONNECTION_STATUSES = ['ACTIVE', 'DISCONNECTED'] as const;

export class ConnectionsQuery {
  @InQuery('provider', choice(TELEPHONY_PROVIDERS), { description: 'Only of this carrier.', example: 'plivo' })
  readonly provider?: TelephonyProvider;

  @InQuery('status', choice(CONNECTION_STATUSES), {
    description: 'ACTIVE (default) or DISCONNECTED.',
    example: 'ACTIVE',
  })
  readonly status: (typeof CONNECTION_STATUSES)[number] = 'ACTIVE';

  @InQuery('limit', integer(CONNECTIONS_LIMIT), { description: 'Connections per page.' })
  readonly limit: number = CONNECTIONS_LIMIT.default;

  @Cursor()
  readonly cursor?: string;
}
