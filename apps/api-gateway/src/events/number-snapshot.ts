import { Injectable } from '@nestjs/common';
import { onBehalfOf, type NumberRow, type Principal } from '@dialtone/persistence';
import { NumberListing } from '../readiness/numbers/number-listing';
import { ReadinessQuery } from '../readiness/numbers/number-query.dto';
import { digitsIn, type EventFilterQuery } from './event-query.dto';

/** Numbers that are read at once. */
const READ_AT_ONCE = 500;

/** Each page is read when the one before is taken. */
export type NumberPages = AsyncIterable<readonly NumberRow[]>;

/** Reads the numbers that a filter of events selects, as `GET /api/v2/voicelink/readiness?fields=compact` lists them. */
@Injectable()
export class NumberSnapshot {
  constructor(private readonly listing: NumberListing) {}

  /** Types of events select no numbers. Throws CONNECTION_NOT_FOUND. */
  async *pages(
    principal: Principal,
    { connectionId, connection_id, agent_id, labels, number }: EventFilterQuery,
  ): NumberPages {
    const digits = number === undefined ? undefined : digitsIn(number);
    const asked = new ReadinessQuery();
    Object.assign(asked, { connectionId, connection_id, agent_id, labels, q: digits });
    Object.assign(asked, { fields: 'compact', limit: READ_AT_ONCE });
    const page = await this.listing.page(principal, asked);
    for (let cursor: string | null | undefined; cursor !== null;) {
      const after = cursor === undefined ? page : { ...page, cursor };
      const { items, nextCursor } = await onBehalfOf(principal.partnerId, () => this.listing.compact(after));
      yield digits === undefined ? items : items.filter(({ key }) => key === digits);
      cursor = nextCursor;
    }
  }
}
