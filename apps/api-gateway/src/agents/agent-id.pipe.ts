import { Injectable, type PipeTransform } from '@nestjs/common';
import { parseAgentId, type AgentId } from '@dialtone/domain';
import { invalidInput } from '../http/errors/api-error';

/** The id of an agent in the path. */
@Injectable()
export class AgentIdPipe implements PipeTransform<string, AgentId> {
  transform(raw: string): AgentId {
    const id = parseAgentId(raw);
    if (id === null) throw invalidInput('id', 'id must be the UUID of an agent.');
    return id;
  }
}
