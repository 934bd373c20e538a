import { ConnectionInput } from '../../http/input/connection-selection';
import {
  OptionalCode,
  OptionalDate,
  OptionalText,
  QueryCount,
  QueryText,
  RequiredCode,
  RequiredCount,
} from '../fields';

const YES_NO = [0, 1] as const;
/** 2 assigned and active, 4 inactive: VoiceLink refuses others. */
const USER_STATUS = [2, 4] as const;

/** Filters and paging, as far as VoiceLink honours them. */
export class AvailableDidsQuery extends ConnectionInput {
  @QueryText('search', { description: 'DID search term.' })
  readonly search?: string;

  @QueryCount('did_type', { description: "VoiceLink's DID type." })
  readonly did_type?: number;

  @QueryCount('per_page', { description: 'Rows per page.' })
  readonly per_page?: number;

  @QueryCount('page', { description: 'Page, from 1.' })
  readonly page?: number;
}

export class PurchasedDidsQuery extends AvailableDidsQuery {
  @QueryText('status', { description: "VoiceLink's DID status, in its own words." })
  readonly status?: string;

  @QueryCount('client_id', { description: 'Only DIDs of this client.' })
  readonly client_id?: number;
}

export class MapDidBody extends ConnectionInput {
  @RequiredCount('client_id', { description: 'VoiceLink client.', example: 415 })
  readonly client_id!: number;

  @RequiredCount('did_id', { description: 'VoiceLink DID, as in the list of purchased DIDs.', example: 812 })
  readonly did_id!: number;

  @RequiredCode('call_recording', YES_NO, { description: '1: calls are recorded.', example: 0 })
  readonly call_recording!: number;

  @OptionalCode('user_status', USER_STATUS, { description: '2 assigned (active), 4 inactive.', example: 2 })
  readonly user_status?: number;

  @OptionalDate('user_expiry_date', { description: 'When the mapping ends.', example: '2027-01-31' })
  readonly user_expiry_date?: string;

  @OptionalText('description', 1000, {})
  readonly description?: string;

  @OptionalCode('client_auto_renew', YES_NO, { example: 0 })
  readonly client_auto_renew?: number;
}
