import type { TopicSettings } from '@dialtone/contracts';
import { silentLogger, testKafkaBrokers, uniqueName } from '@dialtone/messaging/testing';
import { ensureTopics } from './ensure-topics';

const ensure = (topics: Readonly<Record<string, TopicSettings>>) =>
  ensureTopics({ brokers: testKafkaBrokers(), clientId: 'test-topics' }, { logger: silentLogger, topics });

describe('ensureTopics', () => {
  const compacted = { purpose: '', partitions: 2, config: { 'cleanup.policy': 'compact', 'segment.ms': '3600000' } };

  it('creates what is missing, once, and then finds it as wanted', async () => {
    const topic = uniqueName('ensured');
    const both = await Promise.all([ensure({ [topic]: compacted }), ensure({ [topic]: compacted })]);
    const outcomes = both.map((result) => (result.kind === 'ensured' ? result.topics[0]?.outcome : result.kind));
    expect(new Set(outcomes)).toEqual(new Set(['as_wanted', 'created']));
    await expect(ensure({ [topic]: compacted })).resolves.toEqual({
      kind: 'ensured',
      topics: [{ topic, outcome: 'as_wanted', differences: [] }],
    });
  });

  it('says how an existing topic differs, and leaves it alone', async () => {
    const topic = uniqueName('differing');
    await ensure({ [topic]: compacted });
    const wanted = { purpose: '', partitions: 6, config: { 'cleanup.policy': 'delete', 'segment.ms': '3600000' } };
    const differing = {
      kind: 'ensured',
      topics: [
        {
          topic,
          outcome: 'differs',
          differences: [
            { setting: 'partitions', wanted: '6', found: '2' },
            { setting: 'cleanup.policy', wanted: 'delete', found: 'compact' },
          ],
        },
      ],
    };
    await expect(ensure({ [topic]: wanted })).resolves.toEqual(differing);
    await expect(ensure({ [topic]: wanted })).resolves.toEqual(differing);
  });

  it('rejects when the cluster cannot be asked', async () => {
    const connection = { brokers: ['127.0.0.1:1'], clientId: 'test-topics' };
    await expect(ensureTopics(connection, { logger: silentLogger })).rejects.toThrow(/connect/i);
  });
});
