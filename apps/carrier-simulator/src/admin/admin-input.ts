import { BadRequestException, NotFoundException } from '@nestjs/common';
import type { Account } from '../world/account';
import type { Call } from '../world/call';
import { PROVIDERS, type Provider } from '../world/provider';
import type { World } from '../world/world';
import { asBody, Fields, type FieldErrors } from '../wire/fields';
import { jsonOf, type RawBody } from '../wire/request';

/** Reads an admin body or query with `read`, and answers 400 with the field errors when something is wrong. */
export const readInput = <T>(raw: unknown, read: (fields: Fields) => T): T => {
  const fields = new Fields(bodyOf(raw));
  const value = read(fields);
  if (fields.errors !== null) throw invalidInput(fields.errors);
  return value;
};

/** The JSON of a body that the server left as it was, or a query. */
export const bodyOf = (raw: unknown): Readonly<Record<string, unknown>> => {
  const { text } = asBody(raw) as Partial<RawBody>;
  return typeof text === 'string' ? jsonOf(text) : asBody(raw);
};

export const invalidInput = (errors: FieldErrors): BadRequestException =>
  new BadRequestException({ statusCode: 400, message: Object.values(errors).join('; '), errors });

export const providerOf = (name: string): Provider => {
  const found = PROVIDERS.find((one) => one === name);
  if (found === undefined) throw new NotFoundException(`There is no carrier ${name}.`);
  return found;
};

/** The first account of a carrier, or the one with this key. */
export const accountOf = (world: World, name: string, key: string | null): Account => {
  const provider = providerOf(name);
  const found = key === null ? world.accountsOf(provider)[0] : world.account(provider, key);
  if (found === undefined) throw new NotFoundException(`There is no such account of ${name}.`);
  return found;
};

export const callOf = (world: World, id: string): Call => {
  const found = world.calls.find((call) => call.id === id || call.otherId === id);
  if (found === undefined) throw new NotFoundException(`There is no call ${id}.`);
  return found;
};
