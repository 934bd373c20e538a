import { BadRequestException, ConflictException, NotFoundException } from '@nestjs/common';
import { asBody, Fields, type FieldErrors } from '../world/fields';
import { type Meddled } from '../world/meddling';
import { type Bot, type Did } from '../world/records';
import { type World } from '../world/world';

/** Reads an admin body or query with `read`, and answers 400 with the field errors when something is wrong. */
export const readInput = <T>(raw: unknown, read: (fields: Fields) => T): T => {
  const fields = new Fields(asBody(raw));
  const value = read(fields);
  if (fields.errors !== null) throw invalidInput(fields.errors);
  return value;
};

export const invalidInput = (errors: FieldErrors): BadRequestException =>
  new BadRequestException({ statusCode: 400, message: Object.values(errors).flat().join(' '), errors });

/** By `did_id` (up to nine digits) or by number in any format. */
export const didOf = (world: World, ref: string): Did => {
  const digits = ref.replace(/\D/g, '');
  const did = digits.length > 0 && digits.length < 10 ? world.did(Number(digits)) : world.didByNumber(ref);
  if (did === undefined) throw new NotFoundException(`There is no DID ${ref}.`);
  return did;
};

export const botOf = (world: World, id: string): Bot => {
  const bot = world.bots.get(Number(id));
  if (bot === undefined) throw new NotFoundException(`There is no bot ${id}.`);
  return bot;
};

export const orConflict = (meddled: Meddled): void => {
  if (meddled !== null) throw new ConflictException(meddled);
};

/** `true`, `false`, `1` or `0` in a query string; null when it was not sent. */
export const readFlag = (fields: Fields, name: string): boolean | null => {
  const text = fields.text(name, { oneOf: ['true', 'false', '1', '0'] });
  return text === null ? null : text === 'true' || text === '1';
};

export const readWindow = (fields: Fields): { limit: number; offset: number } => ({
  limit: fields.int('limit', { min: 1, max: 100_000 }) ?? 100,
  offset: fields.int('offset', { min: 0 }) ?? 0,
});

/** The requested id of a new record; undefined when the request has none. 409 when it is taken. */
export const readNewId = (raw: unknown, name: string, find: (id: number) => unknown): number | undefined => {
  const id = readInput(raw, (fields) => fields.int(name, { min: 1 })) ?? undefined;
  if (id !== undefined && find(id) !== undefined)
    throw new ConflictException(`There is a record ${String(id)} already.`);
  return id;
};
