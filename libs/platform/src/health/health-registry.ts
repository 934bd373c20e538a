/** Rejects or resolves to a reason when the check fails. */
export type HealthCheck = () => Promise<string | null>;

export type Probe = 'liveness' | 'readiness';

export interface HealthReport {
  readonly healthy: boolean;
  /** `ok`, or why not, by name of the check. Safe to show: no secrets, no driver messages. */
  readonly checks: Readonly<Record<string, string>>;
}

const OK = 'ok';

type Result = readonly [name: string, result: string];

interface Recent {
  readonly results: Promise<readonly Result[]>;
  /** By the process's monotonic clock. */
  readonly until: number;
}

/**
 * The health of this process for an orchestrator. Liveness fails only where a restart helps (a stuck loop, a dead
 * consumer). Readiness fails while requests would fail (no database) and as soon as the shutdown begins.
 */
export class HealthRegistry {
  private readonly checks: Record<Probe, Map<string, HealthCheck>> = { liveness: new Map(), readiness: new Map() };
  private draining = false;

  private readonly recent = new Map<Probe, Recent>();

  /**
   * @param timeoutMs a check that takes longer has failed
   * @param reuseMs results are reused for this long, so that frequent probes, which need no API key, cost nothing
   */
  constructor(
    private readonly timeoutMs = 2_000,
    private readonly reuseMs = 0,
  ) {}

  add(probe: Probe, name: string, check: HealthCheck): this {
    this.checks[probe].set(name, check);
    return this;
  }

  /** Not ready from now on, so that the orchestrator sends no new requests. */
  beginShutdown(): void {
    this.draining = true;
  }

  async report(probe: Probe): Promise<HealthReport> {
    const results = [...(await this.results(probe))];
    if (probe === 'readiness' && this.draining) results.push(['shutdown', 'shutting down']);
    return { healthy: results.every(([, result]) => result === OK), checks: Object.fromEntries(results) };
  }

  private results(probe: Probe): Promise<readonly Result[]> {
    const recent = this.recent.get(probe);
    if (recent !== undefined && recent.until > performance.now()) return recent.results;
    const names = [...this.checks[probe]];
    const results = Promise.all(names.map(async ([name, check]) => [name, await this.run(check)] as const));
    this.recent.set(probe, { results, until: performance.now() + this.reuseMs });
    return results;
  }

  private async run(check: HealthCheck): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => {
        resolve(`no answer within ${String(this.timeoutMs)} ms`);
      }, this.timeoutMs);
    });
    const answer = check().then(
      (problem) => problem ?? OK,
      () => 'failed',
    );
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
