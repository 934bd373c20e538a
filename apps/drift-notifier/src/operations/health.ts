export interface HealthReport {
  readonly healthy: boolean;
  /** `ok`, or why not, by name of the check. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Null: good. */
export type HealthCheck = () => Promise<string | null>;
export type Probe = 'live' | 'ready';

const CHECK_MS = 2_000;

/** Live fails where only a restart helps; ready fails while there is no database. */
export class Health {
  private readonly checks: Record<Probe, Map<string, HealthCheck>> = { live: new Map(), ready: new Map() };

  add(probe: Probe, name: string, check: HealthCheck): void {
    this.checks[probe].set(name, check);
  }

  async report(probe: Probe): Promise<HealthReport> {
    const results = await Promise.all(
      [...this.checks[probe]].map(async ([name, check]) => [name, await this.resultOf(check)] as const),
    );
    return { healthy: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) };
  }

  private async resultOf(check: HealthCheck): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, CHECK_MS, 'no answer in time');
    });
    const result = check().then(
      (problem) => problem ?? 'ok',
      () => 'failed',
    );
    return Promise.race([result, late]).finally(() => {
      clearTimeout(timer);
    });
  }
}
