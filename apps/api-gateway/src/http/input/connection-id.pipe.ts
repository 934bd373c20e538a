import { Injectable, type PipeTransform } from '@nestjs/common';
import { parseConnectionId, type ConnectionId } from '@dialtone/domain';
import { invalidInput } from '../errors/api-error';

/** A connection id in the path. */
@Injectable()
export class ConnectionIdPipe implements PipeTransform<string, ConnectionId> {
  transform(raw: string): ConnectionId {
    const id = parseConnectionId(raw);
    if (id === null) {
      throw invalidInput(
        'connection_id',
        'connection_id must be a UUID, for example 9b7f1c44-c87f-4f0c-9124-3c802a9c1a20.',
      );
    }
    return id;
  }
}
