import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** Checks that the database serves writes. */
export interface DatabaseProbe {
  /** Writes and rolls back. Rejects when the database does not answer or refuses writes. */
  check(): Promise<void>;
}

/** Thrown to roll the write back. */
class Undone extends Error {}

const WRITE = `insert into leases (resource, owner, epoch, expires_at) values ($1, 'probe', 0, '-infinity')`;

export class WriteProbe implements DatabaseProbe {
  constructor(private readonly ds: DataSource) {}

  async check(): Promise<void> {
    const undone = new Undone();
    try {
      await this.ds.transaction(async (tx) => {
        // A unique name, so that no probe waits for the row of another.
        await tx.query(WRITE, [`probe:${randomUUID()}`]);
        throw undone;
      });
    } catch (error) {
      if (error !== undone) throw error;
    }
  }
}
