import type { PartnerId } from '@dialtone/domain';
import { usePostgres } from '@dialtone/persistence/testing';
import { inAttempt, onBehalfOf } from '../on-behalf-of';
import { AttemptReplacedError } from './kept-work';

const postgres = usePostgres();
let partnerId: PartnerId;
beforeEach(async () => {
  ({ partnerId } = await postgres.given.connection());
});

const NAME = 'Sales Agent';

/** A try at the same request, which counts as ended after `ttlMs`. */
const attempt = async (ttlMs: number) => {
  const claim = await postgres.stores.idempotency.claim({ partnerId, key: 'k', request: 'r', ttlMs, requestId: 'id' });
  if (claim.kind !== 'started') throw new Error(claim.kind);
  return claim;
};

const createIn = ({ attempt: one, earlier }: Awaited<ReturnType<typeof attempt>>) =>
  onBehalfOf(partnerId, () => inAttempt(one, earlier, () => postgres.stores.agents.create(partnerId, NAME)));

const created = () => postgres.stores.agents.named(partnerId, [NAME]);

describe('what a request has done', () => {
  it('is not done by an attempt that another one has replaced, and is done once', async () => {
    const [first, second] = [await attempt(0), await attempt(0)];
    await expect(createIn(first)).rejects.toThrow(AttemptReplacedError);
    expect(await created()).toEqual([]);
    const agent = await createIn(second);
    expect(await createIn(await attempt(0))).toEqual(agent);
    expect(await created()).toEqual([agent]);
  });

  it('is nothing to another request, also with the key of one that has expired', async () => {
    await createIn(await attempt(0));
    await postgres.query(`update idempotency_keys set expires_at = now()`);
    expect(await createIn(await attempt(0))).toBe('name_taken');
  });
});
