import { readinessTimings } from './readiness-timings';
import { Registry } from './registry';

const linesOf = async (registry: Registry, pattern: RegExp): Promise<readonly string[]> =>
  (await registry.metrics()).split('\n').filter((line) => pattern.test(line));

describe('how long numbers waited', () => {
  it('is counted in seconds by who declared it and by what asked, and shown from the start', async () => {
    const registry = new Registry();
    const tell = readinessTimings(registry);
    expect(await linesOf(registry, /_count/)).toEqual([
      'dialtone_time_to_detect_seconds_count{declared="true"} 0',
      'dialtone_time_to_detect_seconds_count{declared="false"} 0',
      'dialtone_time_to_ready_seconds_count{start="declared"} 0',
      'dialtone_time_to_ready_seconds_count{start="drift"} 0',
      'dialtone_time_to_ready_seconds_count{start="allowed"} 0',
    ]);
    tell([
      { kind: 'detected', isDeclared: true, tookMs: 61_500 },
      { kind: 'ready', start: 'drift', tookMs: 250_000 },
      { kind: 'ready', start: 'drift', tookMs: 2 * 86_400_000 },
    ]);
    expect(await linesOf(registry, /detect.*declared="true".*[^0-9]1$/)).toHaveLength(10);
    expect(await linesOf(registry, /detect_seconds_sum{declared="true"}/)).toEqual([
      'dialtone_time_to_detect_seconds_sum{declared="true"} 61.5',
    ]);
    expect(await linesOf(registry, /ready_seconds_bucket{le="(120|300|86400|\+Inf)",start="drift"}/)).toEqual([
      'dialtone_time_to_ready_seconds_bucket{le="120",start="drift"} 0',
      'dialtone_time_to_ready_seconds_bucket{le="300",start="drift"} 1',
      'dialtone_time_to_ready_seconds_bucket{le="86400",start="drift"} 1',
      'dialtone_time_to_ready_seconds_bucket{le="+Inf",start="drift"} 2',
    ]);
  });
});
