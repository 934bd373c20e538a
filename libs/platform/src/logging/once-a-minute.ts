/** Milliseconds between two lines of the same trouble. */
const EVERY_MS = 60_000;

type Tell = (fields: object, message: string) => void;

/**
 * Says a trouble that comes again and again when it begins, and then once a minute with `repeated`: how often it has come
 * since the last line. `now` in ms.
 */
export const onceAMinute = (tell: Tell, now: () => number): Tell => {
  const told = new Map<string, { at: number; repeated: number }>();
  return (fields, message) => {
    const last = told.get(message);
    if (last !== undefined && now() - last.at < EVERY_MS) {
      last.repeated += 1;
      return;
    }
    tell({ ...fields, ...(last !== undefined && last.repeated > 0 && { repeated: last.repeated }) }, message);
    told.set(message, { at: now(), repeated: 0 });
  };
};
