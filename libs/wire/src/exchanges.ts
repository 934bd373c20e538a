import { Exchange, TIME_OUT, type Cause, type WireAnswer } from './exchange';
import { ReceivedBody } from './received-body';

const CLOSED: Cause = { timedOut: false, reason: 'client closed' };

/** The exchanges of one client, each with a deadline of its own. */
export class Exchanges {
  private readonly open = new Set<(cause: Cause) => void>();
  private closed = false;

  /**
   * `dispatch` begins the exchange. Never rejects. Resolves within `totalMs`, or at once when this is closed or ended.
   * `isDigested`: the body comes with its digest.
   */
  run(totalMs: number, dispatch: (exchange: Exchange) => void, isDigested = false): Promise<WireAnswer> {
    if (this.closed) return Promise.resolve({ kind: 'no_answer', sent: false, ...CLOSED });
    return new Promise((resolve) => {
      const exchange = new Exchange(new ReceivedBody(isDigested), (answer) => {
        clearTimeout(timer);
        this.open.delete(abort);
        resolve(answer);
      });
      const abort = (cause: Cause): void => {
        exchange.abort(cause);
      };
      const timer = setTimeout(abort, totalMs, TIME_OUT);
      this.open.add(abort);
      try {
        dispatch(exchange);
      } catch (error) {
        exchange.fail(error);
      }
    });
  }

  /** Begins no more; those under way end by themselves. */
  close(): void {
    this.closed = true;
  }

  /** Begins no more, and ends those under way. */
  end(): void {
    this.closed = true;
    for (const abort of [...this.open]) abort(CLOSED);
  }
}
