import { type Timers } from './pipeline';

/** Real time. `stop` ends every wait at once and drops delayed work. */
export class LiveTimers implements Timers {
  private readonly pending = new Map<NodeJS.Timeout, () => void>();

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.start(ms, resolve, resolve);
    });
  }

  later(ms: number, work: () => void): void {
    this.start(ms, work, () => undefined);
  }

  stop(): void {
    for (const [timer, onStop] of this.pending) {
      clearTimeout(timer);
      onStop();
    }
    this.pending.clear();
  }

  private start(ms: number, work: () => void, onStop: () => void): void {
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      work();
    }, ms);
    this.pending.set(timer, onStop);
  }
}
