import type { CallLimitCode } from '@dialtone/contracts';
import type { PartnerId } from '@dialtone/domain';

/** How far a window of requests has been used. */
export interface WindowUse {
  /** Requests in the window, this one included. */
  readonly used: number;
  /** Until the window ends and the next request opens a new one; above 0. */
  readonly resetMs: number;
}

export interface TakenOfWindow extends WindowUse {
  readonly isTaken: boolean;
  /** Tells the window from the next one: epoch ms by the database clock; 0 where nothing was taken. */
  readonly startedAt: number;
}

export interface UsedUpWindow {
  readonly partnerId: PartnerId;
  /** As they were counted. */
  readonly apiKeyId: string;
  readonly bucket: string;
  /** How many requests the window had room for. */
  readonly limit: number;
  readonly reason: CallLimitCode;
}

/**
 * Counts requests per API key in windows of fixed length, for all processes together. A window begins with the first
 * request after the last one ended. Judged by the database clock. A crash of the database may forget windows.
 */
export interface RequestWindows {
  /** Counts one request. `bucket` names what is counted apart from the rest. */
  count(apiKeyId: string, bucket: string, windowMs: number): Promise<WindowUse>;
  /** Logs the event that a window of calls is used up, once per window however often and by how many it is called. */
  tell(window: UsedUpWindow): Promise<void>;
  /** Counts so many at once if the window then has no more than `limit`; otherwise none, and `used` is as before. */
  take(
    apiKeyId: string,
    bucket: string,
    asked: { readonly amount: number; readonly limit: number; readonly windowMs: number },
  ): Promise<TakenOfWindow>;
  /** Counts so many less in the window that started then, if it is still open and has counted them. */
  giveBack(
    apiKeyId: string,
    bucket: string,
    taken: { readonly amount: number; readonly startedAt: number },
  ): Promise<void>;
}
