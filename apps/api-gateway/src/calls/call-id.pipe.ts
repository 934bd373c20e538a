import { Injectable, type PipeTransform } from '@nestjs/common';
import { parseAgentId } from '@dialtone/domain';
import { invalidInput } from '../http/errors/api-error';

/** The id of a call in the path; any UUID. */
@Injectable()
export class CallIdPipe implements PipeTransform<string, string> {
  transform(raw: string): string {
    const id = parseAgentId(raw);
    if (id === null) throw invalidInput('id', 'id must be the UUID of a call.');
    return id;
  }
}
