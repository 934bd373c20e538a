import type { RequestWindows, TakenOfWindow, UsedUpWindow, WindowUse } from '@dialtone/persistence';

/** Windows of requests on a clock of their own. */
export class MemoryRequestWindows implements RequestWindows {
  private readonly windows = new Map<string, { used: number; readonly startedAt: number; readonly endsAt: number }>();
  now = 0;
  /** Statements that a database would have had. */
  asked = 0;
  readonly told: UsedUpWindow[] = [];

  clear(): void {
    this.windows.clear();
    this.told.length = 0;
  }

  async count(apiKeyId: string, bucket: string, windowMs: number): Promise<WindowUse> {
    const { used, resetMs } = await this.take(apiKeyId, bucket, { amount: 1, limit: Infinity, windowMs });
    return { used, resetMs };
  }

  take(
    apiKeyId: string,
    bucket: string,
    { amount, limit, windowMs }: Parameters<RequestWindows['take']>[2],
  ): Promise<TakenOfWindow> {
    this.asked += 1;
    const id = `${apiKeyId}/${bucket}`;
    const open = this.windows.get(id);
    const isOver = open === undefined || open.endsAt <= this.now;
    const window = isOver ? { used: 0, startedAt: this.now, endsAt: this.now + windowMs } : open;
    const isTaken = window.used + amount <= limit;
    if (isTaken) this.windows.set(id, { ...window, used: window.used + amount });
    const { used, endsAt, startedAt } = isTaken ? { ...window, used: window.used + amount } : window;
    return Promise.resolve({ used, resetMs: endsAt - this.now, isTaken, startedAt: isTaken ? startedAt : 0 });
  }

  giveBack(
    apiKeyId: string,
    bucket: string,
    { amount, startedAt }: Parameters<RequestWindows['giveBack']>[2],
  ): Promise<void> {
    this.asked += 1;
    const window = this.windows.get(`${apiKeyId}/${bucket}`);
    if (window?.startedAt === startedAt && window.used >= amount) window.used -= amount;
    return Promise.resolve();
  }

  tell(window: UsedUpWindow): Promise<void> {
    this.told.push(window);
    return Promise.resolve();
  }
}
