/** A text that is sent so often is worth a plan that a session keeps. */
const OFTEN = 3;
/** Names of a process at most: each session of its pool may keep a plan for each. */
const MOST_NAMES = 150;
/** Texts that are counted at most; then counting begins anew. */
const MOST_COUNTED = 2_000;
/** A kept plan reckons with few elements of an array: one that is made for many is planned with what it is given. */
const FEW_ELEMENTS = 100;
const FEW_BYTES = 64 * 1024;

/**
 * Which statements have a name, by which a session keeps how they are read and planned: those that come often, and with little data.
 * PostgreSQL takes a plan that it keeps after five of their own, and only while it is not dearer than those.
 */
export class KeptPlans {
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  /** Null: it is read and planned each time. */
  nameOf(text: string, parameters: readonly unknown[]): string | null {
    if (parameters.length === 0 || !parameters.every(isLittle)) return null;
    return this.names.get(text) ?? this.counted(text);
  }

  private counted(text: string): string | null {
    if (this.names.size >= MOST_NAMES) return null;
    const count = (this.counts.get(text) ?? 0) + 1;
    if (count < OFTEN) {
      if (this.counts.size >= MOST_COUNTED) this.counts.clear();
      this.counts.set(text, count);
      return null;
    }
    this.counts.delete(text);
    const name = `dialtone_${String(this.names.size + 1)}`;
    this.names.set(text, name);
    return name;
  }
}

const isLittle = (parameter: unknown): boolean => {
  if (Array.isArray(parameter)) return parameter.length <= FEW_ELEMENTS;
  return !Buffer.isBuffer(parameter) || parameter.length <= FEW_BYTES;
};

/** Of the process, so that a name means the same text in all of its sessions. */
export const keptPlans = new KeptPlans();

/** 26000: the session has no such statement; 42P05: it has one of that name; 0A000: what the plan returns has changed with a table. */
const UNKEPT = /^(?:26000|42P05)$/;
const RESULT_CHANGED = /cached plan must not change result type/;

/** The session cannot use what it keeps, and nothing has been done. */
export const isPlanLost = (error: unknown): boolean => {
  const { code, message } = (error ?? {}) as Partial<Record<string, unknown>>;
  if (typeof code !== 'string') return false;
  return UNKEPT.test(code) || (code === '0A000' && typeof message === 'string' && RESULT_CHANGED.test(message));
};
