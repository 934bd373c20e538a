import { randomUUID } from 'node:crypto';
import type { PartnerId } from '@dialtone/domain';
import { describeIdempotencyStore } from './idempotency-store.contract';
import { MemoryIdempotency } from './memory-idempotency';

const store = new MemoryIdempotency();

describeIdempotencyStore('idempotency keys in memory', () => ({
  store,
  partner: () => Promise.resolve(randomUUID() as unknown as PartnerId),
  expire: (place) => {
    store.expire(place);
    return Promise.resolve();
  },
}));
