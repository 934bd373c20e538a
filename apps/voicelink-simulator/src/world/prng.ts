/** Seeded pseudo-random numbers (mulberry32): the same seed gives the same sequence on every machine. */
export class Prng {
  private state: number;

  constructor(seed: number) {
    // Large seeds differ in their high bits only: mix them in before truncating to 32 bits.
    this.state = (seed ^ Math.floor(seed / 0x1_0000_0000)) >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** Uniform integer in [0, below). */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** One element of a list that is not empty. */
  pick<T>(from: readonly T[]): T {
    const picked = from[this.int(from.length)];
    if (picked === undefined) throw new Error('cannot pick from an empty list');
    return picked;
  }

  /** Fisher-Yates, in place. */
  shuffle(list: unknown[]): void {
    for (let i = list.length - 1; i > 0; i -= 1) {
      const j = this.int(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
  }
}
