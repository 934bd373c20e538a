import type { Surroundings } from '../surroundings';
import { countOf } from './texts';

const BAR = 30;
const EVERY_MS = 10_000;
const REDRAW_MS = 100;

/** Tells how far something is: a bar that is drawn over on a terminal; elsewhere a line now and then, and at the end. */
export class Progress {
  private drawnAt = -Infinity;
  private last = '';

  constructor(
    private readonly around: Surroundings,
    private readonly title: string,
    private readonly total: number,
  ) {}

  at(done: number, more = ''): void {
    const line = `${this.title} ${countOf(done)} of ${countOf(this.total)}${more === '' ? '' : `, ${more}`}`;
    const now = performance.now();
    const isTerminal = this.around.stderr.isTTY === true;
    const isDue = now - this.drawnAt >= (isTerminal ? REDRAW_MS : EVERY_MS) || done === this.total;
    if (!isDue || line === this.last) return;
    [this.drawnAt, this.last] = [now, line];
    this.around.stderr.write(isTerminal ? `\r\u001b[2K${this.bar(done)} ${line}` : `${line}\n`);
  }

  /** Leaves the line as it is. */
  end(): void {
    if (this.around.stderr.isTTY === true && this.last !== '') this.around.stderr.write('\n');
    this.last = '';
  }

  private bar(done: number): string {
    const full = this.total === 0 ? BAR : Math.round((done / this.total) * BAR);
    return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}]`;
  }
}
