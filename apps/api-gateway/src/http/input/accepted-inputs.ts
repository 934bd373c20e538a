import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';

type Class = new () => object;

/** Inputs of one DTO that are remembered. */
const MOST = 200;
/** Characters. A longer one is rare, and not worth its room. */
const LONGEST = 500;

const REPEATED_KEY = 'dialtone:repeated';

/**
 * On a DTO of bodies that come again and again, and hold no secret: the same one is then looked at once. Its rules must look at nothing
 * but the body.
 */
export const Repeated = (): ClassDecorator => (target) => {
  Reflect.defineMetadata(REPEATED_KEY, true, target);
};

const isRemembered = (kind: string, type: Class): boolean =>
  kind === 'query' || (kind === 'body' && Reflect.getMetadata(REPEATED_KEY, type) === true);

/** Whether it is the same in JSON only when it is the same: other numbers may be written alike. */
const isTold = (value: unknown): boolean =>
  typeof value !== 'number' || (Number.isSafeInteger(value) && !Object.is(value, -0));

const isSimple = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** An input that was accepted; read: what it was read as, where that can be copied field by field. */
interface Accepted {
  readonly read: object | null;
}

/**
 * Inputs that their DTO was found to accept. Its rules look at nothing but the input, so the same one is accepted again: a partner that
 * reads or declares number after number sends the same connection, agent and limit each time. Refused ones are looked at anew, for
 * their message.
 */
export class AcceptedInputs {
  private readonly byType = new WeakMap<Class, Map<string, Accepted>>();

  /** By which the input is known again, as it came; null: it is to be looked at each time. */
  static textOf(kind: string, type: Class, input: object): string | null {
    if (!isRemembered(kind, type)) return null;
    if (kind === 'body' && !Object.values(input).every((value) => isSimple(value) && isTold(value))) return null;
    const text = JSON.stringify(input);
    return text.length > LONGEST ? null : text;
  }

  /** A new instance each time; null when it is not known to be accepted. */
  read(type: Class, text: string, input: object): object | null {
    const known = this.byType.get(type)?.get(text);
    if (known === undefined) return null;
    if (known.read === null) return plainToInstance(type, input);
    return Object.assign(Object.create(type.prototype as object) as object, known.read);
  }

  /** `read`: what the input was read as. It is copied, and may be changed. */
  add(type: Class, text: string, read: object): void {
    const known = this.byType.get(type) ?? new Map<string, Accepted>();
    if (known.size >= MOST) known.clear();
    known.set(text, { read: Object.values(read).every(isSimple) ? { ...read } : null });
    this.byType.set(type, known);
  }
}
