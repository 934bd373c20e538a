/** A failure that a person can act on: shown as its sentence, without a stack. */
export class Explained extends Error {
  name = 'Explained';
}

/** Ends the process with the sentence of an Explained error, or with the stack of anything else. */
export function failWith(error) {
  process.stderr.write(`${error instanceof Explained ? error.message : (error?.stack ?? String(error))}\n`);
  process.exit(1);
}
