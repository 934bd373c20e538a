import type { Section } from '@dialtone/domain';
import { withCalls, type EngineFixture } from '@dialtone/testing';
import type { Engine } from '../src';
import { readyFixture } from './ready-fixture';

export interface ShortListsFixture extends Awaited<ReturnType<typeof readyFixture>> {
  /** Lists that show no rows, with the right status and total, for as long as they are in here. */
  readonly empty: Set<Section>;
  /** A further process, which remembers nothing of its own. */
  readonly restarted: () => Engine;
}

/** `count` READY DIDs of one client, on an account whose lists can be emptied. */
export const shortListsFixture = async (count: number): Promise<ShortListsFixture> => {
  const ready = await readyFixture(count);
  const { upstream } = ready.fixture;
  const empty = new Set<Section>();
  const list = (async (...input: Parameters<typeof upstream.list>) => {
    const listing = await upstream.list(...input);
    return empty.has(input[0]) ? { status: 'complete', rows: [] } : listing;
  }) as typeof upstream.list;
  const account = withCalls(upstream, { list });
  const restarted = (): Engine => ready.fixture.engine({ account });
  const provisioner = ready.fixture.provisioner.bind(ready.fixture);
  ready.fixture.provisioner = (overrides) => provisioner({ account, ...overrides });
  return { ...ready, engine: restarted(), empty, restarted };
};

/** News that a fault must not make: what is said of numbers, and of writes that are held. How a reconcile fared is another matter. */
export const newsOf = (fixture: EngineFixture, since: number): readonly string[] =>
  fixture.world.events
    .slice(since)
    .map(({ type }) => type)
    .filter((type) => /\.(?:readiness|drift|writes)\./.test(type));
