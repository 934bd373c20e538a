import { createRegistry } from './registry';
import { gateMetrics, upstreamGateObserver } from './upstream-gate-observer';

describe('the gauge of breakers', () => {
  const registry = createRegistry();
  const observerOf = upstreamGateObserver(gateMetrics(registry), { info: () => undefined, warn: () => undefined });
  const shown = async (): Promise<readonly string[]> =>
    (await registry.metrics()).match(/^dialtone_upstream_breakers\{.*$/gm)?.map((line) => line.slice(26)) ?? [];

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('shows one as open for as long as nothing is sent, also when nothing asks afterwards', async () => {
    const [first, second] = [observerOf('a'), observerOf('b')];
    first.breakerChanged({ from: 'closed', to: 'open', forMs: 5_000 });
    second.breakerChanged({ from: 'closed', to: 'open', forMs: 60_000 });
    expect(await shown()).toEqual(['{state="open"} 2', '{state="half_open"} 0']);
    jest.advanceTimersByTime(6_000);
    expect(await shown()).toEqual(['{state="open"} 1', '{state="half_open"} 0']);
    first.breakerChanged({ from: 'open', to: 'half_open', forMs: 0 });
    expect(await shown()).toEqual(['{state="open"} 1', '{state="half_open"} 1']);
    first.breakerChanged({ from: 'half_open', to: 'closed', forMs: 0 });
    second.breakerChanged({ from: 'open', to: 'closed', forMs: 0 });
    expect(await shown()).toEqual(['{state="open"} 0', '{state="half_open"} 0']);
  });
});
