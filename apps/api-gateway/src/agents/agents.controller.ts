import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { AgentId } from '@dialtone/domain';
import type { AgentDetails, AgentStore, Principal } from '@dialtone/persistence';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { ApiError } from '../http/errors/api-error';
import { CurrentCall, type Call } from '../http/call';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { RequireScope } from '../http/access/policy';
import { AGENT_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../outside/tokens';
import { AgentIdPipe } from './agent-id.pipe';
import { AgentDto, AgentsListDto, AgentsQuery, CreateAgentBody, DeletedAgentDto } from './agents.dto';
import { toAgent, toListedAgent, toProfile } from './agents.mapper';

const IdParam = (): MethodDecorator =>
  ApiParam({
    name: 'id',
    description: 'The `id` of an agent.',
    schema: { type: 'string', format: 'uuid', example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55' },
  });

const notFound = (): ApiError => new ApiError('AGENT_NOT_FOUND', 'This partner has no such agent: check the id.');

/** Agents, as far as numbers and bindings need them. */
@ApiTags('agents')
@ApiBearerAuth()
@Controller('/api/v2/agent')
export class AgentsController {
  constructor(
    @Inject(AGENT_STORE) private readonly agents: AgentStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: Pick<GatewaySettings, 'quotas'>,
  ) {}

  @Post()
  @Idempotent()
  @RequireScope('agents:write')
  @ApiOperation({
    operationId: 'createAgent',
    summary: 'Create an agent',
    description: 'The name must be unique among the agents of the partner.',
  })
  @ApiSuccess(AgentDto, { status: 201, description: 'Created.' })
  @ApiErrors(
    'VALIDATION_ERROR',
    'AGENT_NAME_TAKEN',
    'AGENT_LIMIT_REACHED',
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
  )
  async create(@CurrentCall() { principal }: Call, @Body() body: CreateAgentBody): Promise<SuccessEnvelope<AgentDto>> {
    const { agents: atMost } = this.settings.quotas;
    const created = await this.agents.create(principal.partnerId, body.agent_name, toProfile(body), atMost);
    if (created === 'name_taken') {
      throw new ApiError(
        'AGENT_NAME_TAKEN',
        'This partner has an agent of that name already: choose another agent_name.',
        { details: [{ field: 'agent_name', message: 'Taken.' }] },
      );
    }
    return success(toAgent(await this.existing(principal, created.id)));
  }

  @Get()
  @RequireScope('agents:read')
  @ApiOperation({ operationId: 'listAgents', summary: 'List agents', description: 'Newest first, without prompts.' })
  @ApiSuccess(AgentsListDto, { description: 'One page, with the total.' })
  @ApiErrors('VALIDATION_ERROR')
  async list(
    @CurrentCall() { principal }: Call,
    @Query() { limit, offset }: AgentsQuery,
  ): Promise<SuccessEnvelope<AgentsListDto>> {
    const { items, total } = await this.agents.page({ partnerId: principal.partnerId, limit, offset });
    return success({ agents: items.map(toListedAgent), total, limit, offset });
  }

  @Get(':id')
  @RequireScope('agents:read')
  @ApiOperation({ operationId: 'getAgent', summary: 'Get an agent', description: 'Returns the agent with its prompt.' })
  @IdParam()
  @ApiSuccess(AgentDto, { description: 'The agent.' })
  @ApiErrors('VALIDATION_ERROR', 'AGENT_NOT_FOUND')
  async get(
    @CurrentCall() { principal }: Call,
    @Param('id', AgentIdPipe) id: AgentId,
  ): Promise<SuccessEnvelope<AgentDto>> {
    return success(toAgent(await this.existing(principal, id)));
  }

  @Delete(':id')
  @Idempotent()
  @RequireScope('agents:write')
  @ApiOperation({
    operationId: 'deleteAgent',
    summary: 'Delete an agent',
    description:
      'Frees its name and unassigns its numbers. Bindings that declare it stall, with a message that asks for another agent.',
  })
  @IdParam()
  @ApiSuccess(DeletedAgentDto, { description: 'Deleted.' })
  @ApiErrors('VALIDATION_ERROR', 'AGENT_NOT_FOUND')
  async remove(
    @CurrentCall() { principal }: Call,
    @Param('id', AgentIdPipe) id: AgentId,
  ): Promise<SuccessEnvelope<DeletedAgentDto>> {
    if (!(await this.agents.remove(principal.partnerId, id))) throw notFound();
    return success({ id, deleted: true });
  }

  private async existing({ partnerId }: Principal, id: AgentId): Promise<AgentDetails> {
    const agent = await this.agents.details(partnerId, id);
    if (agent === null) throw notFound();
    return agent;
  }
}
