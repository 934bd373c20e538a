import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** Whether the database does what requests need. */
export interface DatabaseProbe {
  /** Writes and takes it back. Rejects when the database does not answer or does not take writes. */
  check(): Promise<void>;
}

/** Takes the write back. */
class Undone extends Error {}

const WRITE = `insert into leases (resource, owner, epoch, expires_at) values ($1, 'probe', 0, '-infinity')`;

export class WriteProbe implements DatabaseProbe {
  constructor(private readonly ds: DataSource) {}

  async check(): Promise<void> {
    const undone = new Undone();
    try {
      await this.ds.transaction(async (tx) => {
        // A name of its own: no probe waits for another one's row.
        await tx.query(WRITE, [`probe:${randomUUID()}`]);
        throw undone;
      });
    } catch (error) {
      if (error !== undone) throw error;
    }
  }
}
