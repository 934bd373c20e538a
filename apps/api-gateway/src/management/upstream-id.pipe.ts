import type { PipeTransform } from '@nestjs/common';
import type { Brand } from '@dialtone/domain';
import { invalidInput } from '../http/errors/api-error';

const ID = /^[1-9]\d{0,15}$/;

/** Minted only from the text of a path: `01` and `1e3` are not ids. */
export type UpstreamId = Brand<number, 'UpstreamId'>;

/** An id of VoiceLink in the path. */
export class UpstreamIdPipe implements PipeTransform<string, UpstreamId> {
  constructor(private readonly name: string) {}

  transform(raw: string): UpstreamId {
    const id = ID.test(raw) ? Number(raw) : Number.NaN;
    if (Number.isSafeInteger(id)) return id as UpstreamId;
    throw invalidInput(this.name, `${this.name} must be an integer of at least 1, written in decimal digits.`);
  }
}
