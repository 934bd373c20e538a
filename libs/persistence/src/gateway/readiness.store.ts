import type { Page } from './page';
import type { ReadinessStore as ReadinessContract, StoredReadiness } from './readiness-store';
import { type Queryable, rows } from '../db';
import { decodeCursor, encodeCursor, KEY_PATTERN, UUID_PATTERN } from './cursor';
import { READINESS_COLUMNS, type ReadinessRow, toReadiness } from './readiness-rows';

const LIST = `
  select ${READINESS_COLUMNS} from dids d join connections c on c.id = d.connection_id
   where c.partner_id = $1 and c.deleted_at is null
     and ($2::uuid is null or d.connection_id = $2)
     and ($3::text is null or d.state = $3)
     and ($4::boolean is null or (d.drift_id is not null) = $4)
     and ($5::uuid is null or (d.connection_id, d.key) > ($5, $6::text))
   order by d.connection_id, d.key limit $7`;

export class ReadinessStore implements ReadinessContract {
  constructor(private readonly db: Queryable) {}

  async list(input: Parameters<ReadinessContract['list']>[0]): Promise<Page<StoredReadiness>> {
    const after = input.cursor === undefined ? [] : decodeCursor(input.cursor, UUID_PATTERN, KEY_PATTERN);
    const found = await rows<ReadinessRow>(this.db, LIST, [
      input.partnerId,
      input.connectionId ?? null,
      input.state ?? null,
      input.drifting === true ? true : null,
      after[0] ?? null,
      after[1] ?? null,
      input.limit + 1,
    ]);
    const items = found.slice(0, input.limit).map(toReadiness);
    const last = items.at(-1);
    const more = found.length > input.limit && last !== undefined;
    return { items, nextCursor: more ? encodeCursor(last.connectionId, last.key) : null };
  }
}
