import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { currentBehalf } from './on-behalf-of';
import type { PoolShares } from './pool-shares';

export interface SharedPoolConfig extends PoolConfig {
  readonly shares: PoolShares;
}

type Done = (release?: unknown) => void;
type Taken = (error: Error | undefined, client: PoolClient | undefined, done: Done) => void;

const NOTHING_TAKEN: Done = () => undefined;

/** A pool of which no partner takes more than its share. Work of no partner takes connections as from any pool. */
export class SharedPool extends Pool {
  readonly shares: PoolShares;

  constructor(config: SharedPoolConfig) {
    super(config);
    this.shares = config.shares;
  }

  override connect(): Promise<PoolClient>;
  override connect(taken: Taken): void;
  override connect(taken?: Taken): Promise<PoolClient> | undefined {
    if (taken === undefined) throw new Error('Only TypeORM takes connections, with a callback.');
    const behalf = currentBehalf();
    if (behalf === undefined) super.connect(taken);
    else {
      this.shares.take(behalf.partnerId, behalf.cleansUp).then(
        (giveBack) => {
          const begun = performance.now();
          this.connectInTurn(() => {
            giveBack();
            behalf.tookDatabase(performance.now() - begun);
          }, taken);
        },
        (error: unknown) => {
          taken(error as Error, undefined, NOTHING_TAKEN);
        },
      );
    }
    return undefined;
  }

  private connectInTurn(giveBack: () => void, taken: Taken): void {
    super.connect((error, client, done) => {
      if (error !== undefined) giveBack();
      taken(error, client, (release) => {
        done(release);
        giveBack();
      });
    });
  }
}
