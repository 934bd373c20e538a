import { ValidateBy, type ValidationOptions } from 'class-validator';
import { durationMs } from '../core/duration';

/** A rule that says what it wants, so that the sentence reads `<field> must be …`. */
const rule =
  (name: string, wanted: string, holds: (value: unknown) => boolean) =>
  (options?: ValidationOptions): PropertyDecorator =>
    ValidateBy({ name, validator: { validate: holds, defaultMessage: () => `must be ${wanted}` } }, options);

const isText = (value: unknown): value is string => typeof value === 'string';

export const IsDuration = rule(
  'isDuration',
  'a duration such as 30s, 5m or 1h30m',
  (value) => isText(value) && durationMs(value) !== null,
);

/** A turn of the sender that takes longer would look stuck. */
const MAX_TIMEOUT_MS = 120_000;
export const IsTimeout = rule('isTimeout', 'a duration from 100ms to 2m', (value) => {
  const ms = isText(value) ? durationMs(value) : null;
  return ms !== null && ms >= 100 && ms <= MAX_TIMEOUT_MS;
});

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
export const IsClockTime = rule(
  'isClockTime',
  'a time of day from 00:00 to 23:59',
  (value) => isText(value) && CLOCK.test(value),
);

export const IsZone = rule('isZone', 'a time zone such as Asia/Kolkata', (value) => {
  if (!isText(value)) return false;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
});

/** 24 to 64 bytes in base64, after Standard Webhooks. */
export const IsWebhookSecret = rule('isWebhookSecret', 'whsec_ and 24 to 64 bytes in base64', (value) => {
  if (!isText(value) || !/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(value)) return false;
  const { length } = Buffer.from(value.slice(6), 'base64');
  return length >= 24 && length <= 64;
});

export const IsHttpUrl = rule('isHttpUrl', 'a URL with http or https', (value) => {
  if (!isText(value)) return false;
  const url = URL.parse(value);
  return url !== null && ['http:', 'https:'].includes(url.protocol);
});

export const IsIdentifier = rule(
  'isIdentifier',
  'a lower-case name of letters, digits and underscores, such as drift_notifier',
  (value) => isText(value) && /^[a-z_][a-z0-9_]{0,62}$/.test(value),
);

/** An empty text is none. */
export const listOf = (value: unknown): unknown =>
  isText(value)
    ? value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    : value;
