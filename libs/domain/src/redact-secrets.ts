/** Fields that nobody but VoiceLink needs, such as the registration password of a SIP trunk (VoiceLink upstream notes §9.1). */
const SECRET_FIELD = /(?:passw(?:or)?d|passphrase|secret|token|credentials?|authorization|(?:api|private)_?key)$/i;
export const REDACTED = '[redacted]';

export const isSecretField = (name: string): boolean => SECRET_FIELD.test(name);

/** A foreign record as it may be shown or stored: whatever is called like a secret is gone, however deep it is. */
export const redactSecrets = (record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      isSecretField(name) && value !== null ? REDACTED : redactValue(value),
    ]),
  );

const redactValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(redactValue);
  return typeof value === 'object' && value !== null ? redactSecrets(value as Record<string, unknown>) : value;
};
