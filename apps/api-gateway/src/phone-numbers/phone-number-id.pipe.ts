import { Injectable, type PipeTransform } from '@nestjs/common';
import { parsePhoneNumberId, type PhoneNumberId } from '@dialtone/domain';
import { invalidInput } from '../http/errors/api-error';

/** The id of a number's row in the path. */
@Injectable()
export class PhoneNumberIdPipe implements PipeTransform<string, PhoneNumberId> {
  transform(raw: string): PhoneNumberId {
    const id = parsePhoneNumberId(raw);
    if (id === null) throw invalidInput('id', 'id must be the UUID of a number, for example from GET /phone-numbers.');
    return id;
  }
}
