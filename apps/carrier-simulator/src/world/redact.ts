import { SECRET_NAME, secretsOf } from './account';
import type { World } from './world';

const HIDDEN = '[redacted]';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Parts of a URL that are long and no UUID are tokens: who has one can send callbacks. */
const withoutTokens = (text: string): string =>
  text.replace(/(?<=^(?:https?|wss?):\/\/.*[/=])[\w~%.-]{20,}(?=[/?&#]|$)/gi, (part) =>
    UUID.test(part) ? part : HIDDEN,
  );

/** A copy without secrets: neither by the name of a field, nor as a part of a text, nor in a URL. */
export const redact = (value: unknown, world: World): unknown => {
  const secrets = world.accounts.flatMap(secretsOf).filter((secret) => secret.length >= 4);
  const hideIn = (text: string): string =>
    secrets.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), withoutTokens(text));
  const walk = (inner: unknown): unknown => {
    if (typeof inner === 'string') return hideIn(inner);
    if (Array.isArray(inner)) return inner.map(walk);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([name, one]) => [name, SECRET_NAME.test(name) ? HIDDEN : walk(one)]),
    );
  };
  return walk(value);
};
