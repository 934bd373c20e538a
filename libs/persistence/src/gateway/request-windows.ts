/** How far a window of requests has been used. */
export interface WindowUse {
  /** Requests in the window, this one included. */
  readonly used: number;
  /** Until the window ends and the next request opens a new one; above 0. */
  readonly resetMs: number;
}

/**
 * Counts requests per API key in windows of fixed length, for all processes together. A window begins with the first
 * request after the last one ended. Judged by the database clock. A crash of the database may forget windows.
 */
export interface RequestWindows {
  /** Counts one request. `bucket` names what is counted apart from the rest. */
  count(apiKeyId: string, bucket: string, windowMs: number): Promise<WindowUse>;
}
