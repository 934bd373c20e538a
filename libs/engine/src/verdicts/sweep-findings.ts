import type { SweepReport } from '../ports/sweep-queue';

/** What a sweep's report says about the connection itself. */
export interface SweepFindings {
  /** At least one list was read: only then has anything been verified. */
  readonly hasRead: boolean;
  /** Every list was read to its end. */
  readonly isComplete: boolean;
  /** Null when no list was asked for: then what is known stands. */
  readonly credentialsRefused: boolean | null;
}

export const sweepFindings = ({ warnings, readToEnd, error, credentialsRefused }: SweepReport): SweepFindings => ({
  hasRead: warnings !== null,
  isComplete: (readToEnd ?? warnings?.length === 0) && error === null,
  credentialsRefused: warnings === null ? null : credentialsRefused === true,
});
