import type { DataSource } from 'typeorm';
import { rows } from '../db';
import { NumberKeys1764400000000 } from '../migrations/1764400000000-number-keys';

/** A row whose number got another key. `merged` rows are deleted; `number_rekeys` keeps their content. */
export interface RekeyedNumber {
  readonly table_name: 'bindings' | 'phone_numbers';
  readonly action: 'moved' | 'merged' | 'inbound_disabled';
  readonly connection_id: string;
  readonly old_key: string;
  readonly new_key: string;
  /** The row that represents the number now. */
  readonly kept_id: string;
}

/** How the migrations of `ran` merged numbers that had several keys; empty when they touched none. */
export const rekeyedNumbers = async (ds: DataSource, ran: readonly string[]): Promise<readonly RekeyedNumber[]> =>
  ran.includes(new NumberKeys1764400000000().name)
    ? rows<RekeyedNumber>(
        ds,
        'select table_name, action, connection_id, old_key, new_key, kept_id from number_rekeys order by id',
      )
    : [];
