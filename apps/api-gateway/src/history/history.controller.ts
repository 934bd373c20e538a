import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { DidKey } from '@dialtone/domain';
import { KeyParam } from '../bindings/key-param';
import { CurrentCall, type Call } from '../http/call';
import { RequireScope } from '../http/access/policy';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { ConnectionFilter } from '../http/input/connection-selection';
import { DidKeyPipe } from '../http/input/did-key.pipe';
import { ExplanationDto, HistoryPageDto, HistoryQuery } from './history.dto';
import { toEntry, toStatement } from './history.mapper';
import { HistoryService, type HistoryPage } from './history.service';

const pageOf = ({ entries, nextCursor }: HistoryPage): SuccessEnvelope<HistoryPageDto> =>
  success({ entries: entries.map(toEntry), next_cursor: nextCursor });

/** What was kept of every change, and what it explains. */
@ApiTags('history')
@ApiBearerAuth()
@Controller('/api/v2/voicelink')
export class HistoryController {
  constructor(private readonly history: HistoryService) {}

  @Get('history')
  @RequireScope('bindings:read')
  @ApiOperation({
    operationId: 'listHistory',
    summary: 'List the history',
    description:
      'Every change of declarations, verdicts, plans, holds and pauses, and every write to VoiceLink, of the partner or of one connection. It outlives withdrawal and disconnection.',
  })
  @ApiSuccess(HistoryPageDto, { description: 'One page, the newest first.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async list(
    @CurrentCall() { principal }: Call,
    @Query() query: HistoryQuery,
  ): Promise<SuccessEnvelope<HistoryPageDto>> {
    return pageOf(await this.history.list(principal, null, query));
  }

  @Get('bindings/:key/history')
  @RequireScope('bindings:read')
  @ApiOperation({
    operationId: 'listBindingHistory',
    summary: 'List the history of a number',
    description: 'The same of one number, declared or not: empty when nothing was kept of it.',
  })
  @KeyParam()
  @ApiSuccess(HistoryPageDto, { description: 'One page, the newest first.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async ofNumber(
    @CurrentCall() { principal }: Call,
    @Param('key', DidKeyPipe) key: DidKey,
    @Query() query: HistoryQuery,
  ): Promise<SuccessEnvelope<HistoryPageDto>> {
    return pageOf(await this.history.list(principal, key, query));
  }

  @Get('bindings/:key/why')
  @RequireScope('bindings:read')
  @ApiOperation({
    operationId: 'explainBinding',
    summary: 'Explain a binding',
    description:
      'Says in sentences what the number is, what is missing, since when, what changed it, what was tried, what happens next and what a person has to do. VoiceLink is not called.',
  })
  @KeyParam()
  @ApiSuccess(ExplanationDto, { description: 'The explanation.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND')
  async why(
    @CurrentCall() { principal }: Call,
    @Param('key', DidKeyPipe) key: DidKey,
    @Query() selection: ConnectionFilter,
  ): Promise<SuccessEnvelope<ExplanationDto>> {
    const statements = await this.history.explain({ principal, key, selection });
    return success({ key, statements: statements.map(toStatement) });
  }
}
