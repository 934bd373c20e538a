import fc from 'fast-check';
import { Partitioners, type PartitionMetadata } from 'kafkajs';
import { type Asked, produce } from './kafkajs-internals';
import { partitionByKey } from './partition-of';
import { QuickMessage } from './quick-produce';

const encoded = async (asked: Asked, version = 7): Promise<Buffer> =>
  (await produce.protocol({ version })(asked).request.encode()).buffer;

/** The same request with messages that are left to kafkajs. */
const usual = (asked: Asked): Asked => ({
  ...asked,
  topicData: asked.topicData.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((entry) => ({
      ...entry,
      messages: entry.messages.map((message) => ({ ...(message as object) })),
    })),
  })),
});

const long = fc.integer({ min: 60, max: 20_000 }).map((length) => 'é'.repeat(length));
const texts = fc.oneof(
  { arbitrary: fc.string(), weight: 8 },
  { arbitrary: fc.string({ unit: 'binary' }), weight: 4 },
  { arbitrary: long, weight: 1 },
);
const messages = fc.array(
  fc
    .tuple(texts, texts, fc.dictionary(fc.string({ minLength: 1 }), texts, { maxKeys: 12 }))
    .map(([key, value, headers]) => new QuickMessage(key, value, headers)),
  { minLength: 1, maxLength: 150 },
);
const partitions = fc.array(fc.record({ partition: fc.nat(), firstSequence: fc.nat(), messages }), { maxLength: 3 });
const requests = fc.record({
  acks: fc.constant(-1),
  timeout: fc.nat(),
  producerId: fc.bigInt({ min: -1n, max: 2n ** 62n }).map((value) => value.toString()),
  producerEpoch: fc.integer({ min: 0, max: 32_767 }),
  topicData: fc.array(fc.record({ topic: fc.string({ maxLength: 249 }), partitions }), { maxLength: 3 }),
});

describe('a produce request that is encoded here', () => {
  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_123);
  });

  it('has the bytes that kafkajs would send', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (asked) => {
        expect((await encoded(asked)).equals(await encoded(usual(asked)))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  const asked = (messages: readonly unknown[]): Asked => ({
    ...{ acks: -1, timeout: 1, producerId: '7', producerEpoch: 0 },
    topicData: [{ topic: 'topic', partitions: [{ partition: 0, firstSequence: 0, messages }] }],
  });
  const quick = new QuickMessage('key', 'value', { name: 'header' });

  it('keeps nothing of one that could not be encoded', async () => {
    const broken = new QuickMessage('key', 'value', { name: 3 as unknown as string });
    const encoding = (async () => encoded(asked([quick, broken])))();
    await expect(encoding).rejects.toThrow();
    expect((await encoded(asked([quick]))).equals(await encoded(usual(asked([quick]))))).toBe(true);
  });

  it.each([
    { what: 'a transaction', given: { ...asked([quick]), transactionalId: 'one' }, version: 7 },
    { what: 'compression', given: { ...asked([quick]), compression: 1 }, version: 7 },
    { what: 'an old broker', given: asked([quick]), version: 2 },
  ])('leaves $what to kafkajs', async ({ given, version }) => {
    expect((await encoded(given, version)).equals(await encoded(usual(given), version))).toBe(true);
  });
});

describe('partitionByKey', () => {
  it('puts a key where the default partitioner of every client puts it', () => {
    const [ours, theirs] = [partitionByKey(), Partitioners.DefaultPartitioner()];
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' })),
        fc.integer({ min: 1, max: 100 }),
        (key, count) => {
          const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
            partitionId,
            leader: 0,
          })) as PartitionMetadata[];
          const asked = { topic: 'topic', partitionMetadata, message: { key, value: '' } };
          expect(ours(asked)).toBe(theirs(asked));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
