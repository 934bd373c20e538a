import type { PartnerId } from '@dialtone/domain';

/** A carrier login that a partner wants to try. Letter case and blanks around the user name do not make another one of it. */
export interface TriedLogin {
  readonly partnerId: PartnerId;
  readonly baseUrl: string;
  readonly username: string;
}

/**
 * Counts logins that failed, per partner and user name and per partner, for all processes, by the database clock. Past the free
 * ones each failure doubles the wait, up to an hour; a day without one forgets them.
 */
export interface LoginAttempts {
  /**
   * Counts a login as failed before it is tried, so that many at once are not tried together. Not null: it must not be tried for
   * so many ms, and was not counted.
   */
  begin(login: TriedLogin): Promise<number | null>;
  /** The login that was begun was accepted: the failures of its user name are forgotten. */
  succeeded(login: TriedLogin): Promise<void>;
  /** The login that was begun told nothing, because the carrier could not be asked: it does not count. */
  saidNothing(login: TriedLogin): Promise<void>;
}
