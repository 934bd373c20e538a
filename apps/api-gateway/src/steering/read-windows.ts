import { MAX_WINDOWS, overlapsItself, type MaintenanceWindow } from '@dialtone/domain';
import { invalidInput } from '../http/errors/api-error';
import { isObject, objectFault } from '../http/input/object-fault';
import { WINDOW_FIELDS, type WindowDto } from './steering.dto';

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Throws an ApiError that names the field of the window which is wrong. */
export const readWindows = (given: unknown): readonly MaintenanceWindow[] => {
  if (!isList(given) || given.length > MAX_WINDOWS)
    throw invalidInput('windows', `windows must be a list of at most ${String(MAX_WINDOWS)} windows.`);
  return given.map((item, nth) => readWindow(item, `windows[${String(nth)}]`));
};

const readWindow = (item: unknown, place: string): MaintenanceWindow => {
  if (!isObject(item)) throw invalidInput(place, `${place} must be a JSON object.`);
  const fault = objectFault(item, WINDOW_FIELDS);
  if (fault !== null) throw invalidInput(`${place}.${fault.field}`, `${place}.${fault.message}`);
  const { kind, cron, duration_seconds: durationSeconds, time_zone: zone } = item as unknown as WindowDto;
  const window = { kind, cron, durationSeconds, timeZone: zone };
  if (overlapsItself(window)) {
    const field = `${place}.duration_seconds`;
    throw invalidInput(field, `${field} must end before the window begins again.`);
  }
  return window;
};

export const toWindow = ({ kind, cron, durationSeconds, timeZone }: MaintenanceWindow): WindowDto => ({
  kind,
  cron,
  duration_seconds: durationSeconds,
  time_zone: timeZone,
});
