import type { Dispatcher } from 'undici';
import type { Exchange } from './exchange';

/** Ends an answer after so many bytes, and lets it count as whole: for those that want its status and its beginning. */
export class BoundedAnswer implements Dispatcher.DispatchHandler {
  private left: number;

  constructor(
    private readonly exchange: Exchange,
    maxBytes: number,
  ) {
    this.left = maxBytes;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.exchange.onRequestStart(controller);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    this.exchange.onResponseStart(controller, status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.exchange.onResponseData(controller, chunk.subarray(0, this.left));
    this.left -= chunk.length;
    if (this.left > 0) return;
    this.exchange.onResponseEnd();
    controller.abort(new Error('enough was read'));
  }

  onResponseEnd(): void {
    this.exchange.onResponseEnd();
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.exchange.onResponseError(controller, error);
  }
}
