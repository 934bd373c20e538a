/** Waits in real time, which all end when the simulator stops. */
export class LiveTimers {
  private readonly pending = new Map<NodeJS.Timeout, () => void>();

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.pending.delete(timer);
        resolve();
      }, ms);
      this.pending.set(timer, resolve);
    });
  }

  stop(): void {
    for (const [timer, onStop] of this.pending) {
      clearTimeout(timer);
      onStop();
    }
    this.pending.clear();
  }
}
