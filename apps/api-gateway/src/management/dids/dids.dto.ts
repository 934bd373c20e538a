import { ConnectionInput } from '../../http/input/connection-selection';
import { InQuery, Optional, Required } from '../../http/input/field';
import { code, count, date, search, text } from '../../http/input/kinds';

const YES_NO = [0, 1] as const;
/** 2 assigned and active, 4 inactive: VoiceLink refuses other codes. */
const USER_STATUS = [2, 4] as const;

/** Filters and paging, as far as VoiceLink honours them. */
export class AvailableDidsQuery extends ConnectionInput {
  @InQuery('search', search, { description: 'DID search term.' })
  readonly search?: string;

  @InQuery('did_type', count, { description: "VoiceLink's DID type." })
  readonly did_type?: number;

  @InQuery('per_page', count, { description: 'Rows per page.' })
  readonly per_page?: number;

  @InQuery('page', count, { description: 'Page, from 1.' })
  readonly page?: number;
}

export class PurchasedDidsQuery extends AvailableDidsQuery {
  @InQuery('status', search, { description: "VoiceLink's DID status, in its own words." })
  readonly status?: string;

  @InQuery('client_id', count, { description: 'Only DIDs of this client.' })
  readonly client_id?: number;
}

export class MapDidBody extends ConnectionInput {
  @Required('client_id', count, { description: 'VoiceLink client.', example: 415 })
  readonly client_id!: number;

  @Required('did_id', count, { description: 'VoiceLink DID, as in the list of purchased DIDs.', example: 812 })
  readonly did_id!: number;

  @Required('call_recording', code(YES_NO), { description: '1: calls are recorded.', example: 0 })
  readonly call_recording!: number;

  @Optional('user_status', code(USER_STATUS), { description: '2 assigned (active), 4 inactive.', example: 2 })
  readonly user_status?: number;

  @Optional('user_expiry_date', date, { description: 'When the mapping ends.', example: '2027-01-31' })
  readonly user_expiry_date?: string;

  @Optional('description', text(1000), {})
  readonly description?: string;

  @Optional('client_auto_renew', code(YES_NO), { example: 0 })
  readonly client_auto_renew?: number;
}
