import type { Page } from './page';
import type { ReadinessStore as ReadinessContract, StoredReadiness } from './readiness-store';
import { type Queryable, rows } from '../db';
import { type Conditions, labelConditions } from './label-conditions';
import { decodeCursor, encodeCursor, KEY_PATTERN, UUID_PATTERN } from './cursor';
import { READINESS_COLUMNS, type ReadinessRow, toReadiness } from './readiness-rows';

const listOf = (labels: string): string => `
  select ${READINESS_COLUMNS} from dids d join connections c on c.id = d.connection_id
   where c.partner_id = $1 and c.deleted_at is null
     and ($2::uuid is null or d.connection_id = $2)
     and ($3::text is null or d.state = $3)
     and ($4::boolean is null or (d.drift_id is not null) = $4)
     and ($5::uuid is null or (d.connection_id, d.key) > ($5, $6::text))
     ${labels}
   order by d.connection_id, d.key limit $7`;

/** Labels are those of declarations: none selects what is not declared. */
const declaredWith = ({ sql }: Conditions): string =>
  sql === ''
    ? ''
    : `and exists (select 1 from bindings b
         where b.connection_id = d.connection_id and b.key = d.key and b.partner_id = $1 ${sql})`;

export class ReadinessStore implements ReadinessContract {
  constructor(private readonly db: Queryable) {}

  async list(input: Parameters<ReadinessContract['list']>[0]): Promise<Page<StoredReadiness>> {
    const after = input.cursor === undefined ? [] : decodeCursor(input.cursor, UUID_PATTERN, KEY_PATTERN);
    const labels = labelConditions(input.labels ?? [], 8);
    const found = await rows<ReadinessRow>(this.db, listOf(declaredWith(labels)), [
      input.partnerId,
      input.connectionId ?? null,
      input.state ?? null,
      input.drifting === true ? true : null,
      after[0] ?? null,
      after[1] ?? null,
      input.limit + 1,
      ...labels.parameters,
    ]);
    const items = found.slice(0, input.limit).map(toReadiness);
    const last = items.at(-1);
    const more = found.length > input.limit && last !== undefined;
    return { items, nextCursor: more ? encodeCursor(last.connectionId, last.key) : null };
  }
}
