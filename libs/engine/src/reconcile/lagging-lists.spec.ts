import type { Section } from '@dialtone/domain';
import type { ListFilter } from '../ports/upstream';
import { EngineFixture, FIXTURE_SETTINGS, withCalls } from '@dialtone/testing';

const LAG_MS = 3_000;

/** Every list comes at random from the primary or as it was three seconds ago. */
const lagging = async () => {
  const fixture = await EngineFixture.make();
  const { upstream, clock } = fixture;
  const versions: { readonly at: number; readonly lists: Readonly<Record<string, unknown>> }[] = [];
  const record = async (): Promise<void> => {
    const names = ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const;
    const lists = await Promise.all(names.map(async (section) => [section, await upstream.list(section)] as const));
    versions.push({ at: clock.now(), lists: Object.fromEntries(lists) });
  };
  const list = (async (section: Section, filter?: ListFilter) => {
    await record();
    const at = clock.now() - (clock.random() < 0.5 ? LAG_MS : 0);
    const old = versions.findLast((version) => version.at <= at) ?? versions[0];
    return at === clock.now() ? upstream.list(section, filter) : old?.lists[section];
  }) as typeof upstream.list;
  return { fixture, record, account: withCalls(upstream, { list }) };
};

const declareSix = async (staleReadsMs: number) => {
  const { fixture, record, account } = await lagging();
  const client = fixture.remote.addClient();
  const keys = [];
  for (let index = 0; index < 6; index += 1) {
    const { key } = fixture.did(`91800000000${String(index)}`);
    await fixture.declare(key, { clientId: client.id });
    keys.push(key);
  }
  await record();
  await fixture.clock.advance(LAG_MS);
  const engine = fixture.engine({ account, settings: { staleReadsMs, sweepIntervalMs: 1_000 } });
  await fixture.run(engine, 120_000);
  return { fixture, keys };
};

const driftOf = (fixture: EngineFixture, key: Parameters<EngineFixture['eventTypes']>[0]): readonly string[] =>
  fixture.eventTypes(key).filter((type) => type.startsWith('dialtone.drift.'));

describe('six numbers are declared while every list comes at random from the primary or three seconds old', () => {
  it('each is mapped and routed once, the client gets one bot, and no drift comes back', async () => {
    const { fixture, keys } = await declareSix(FIXTURE_SETTINGS.staleReadsMs);
    for (const key of keys) {
      expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
      expect(driftOf(fixture, key).filter((type) => type === 'dialtone.drift.detected.v1').length).toBeLessThan(2);
      expect(driftOf(fixture, key).filter((type) => type === 'dialtone.drift.resolved.v1').length).toBeLessThan(2);
    }
    const writes = fixture.upstream.journal.map(({ operation }) => operation);
    expect(writes.filter((one) => one === 'dids.map')).toHaveLength(6);
    expect(writes.filter((one) => one === 'routing.create')).toHaveLength(6);
    expect(writes.filter((one) => one === 'bots.create')).toHaveLength(1);
  });

  it('without the time for which lists may be old, they are mapped again', async () => {
    const { fixture } = await declareSix(0);
    expect(fixture.upstream.journal.filter(({ operation }) => operation === 'dids.map').length).toBeGreaterThan(6);
  });
});
