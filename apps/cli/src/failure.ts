/** How a run ends. Scripts rely on it. */
export const EXIT = {
  /** As asked; nothing differs. */
  done: 0,
  /** Something differs, is not ready, or was not so in time. */
  different: 1,
  /** Usage, file, network, or a refusal of the gateway. */
  failed: 2,
  /** Ctrl-C: 128 and the number of the signal, as shells have it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command. The message goes to standard error, as it is: it says what is wrong and what to do. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'Failure';
  }
}

/** The message of whatever was thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
