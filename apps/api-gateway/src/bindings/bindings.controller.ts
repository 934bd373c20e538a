import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DidKey } from '@dialtone/domain';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { CurrentCall, type Call } from '../http/call';
import type { LongAnswer } from '../http/server/long-answer';
import { pageAnswer } from '../http/server/page-answer';
import { COMPACT_ROWS } from '../readiness/numbers/compact-example';
import { NumberListing } from '../readiness/numbers/number-listing';
import { toNumberRow } from '../readiness/numbers/number-row.mapper';
import { DidKeyPipe } from '../http/input/did-key.pipe';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { RequireScope } from '../http/access/policy';
import { etagOf, isNotModified, writePrecondition } from '../http/input/preconditions';
import {
  BindingDto,
  BindingQuery,
  BindingsPageDto,
  BindingsQuery,
  DeclareBindingBody,
  ReconcileBody,
  ReconcileRequestedDto,
} from './bindings.dto';
import { toBinding } from './bindings.mapper';
import { BindingsService } from './bindings.service';
import { DeclarationsService } from './declarations.service';
import { KeyParam } from './key-param';
import { ReadyWait } from './ready-wait';
import { DECLARED } from './declared-example';
import { DeclarationQuery } from './plan/declaration-query.dto';
import { DeletedBindingDto, WithdrawalQuery } from './withdrawal.dto';

const MS_PER_SECOND = 1_000;
const PATH = '/api/v2/voicelink/bindings';

const RELEASING = { key: '918011223344', deleted: false, releasing: 'outbound_off' } as const;

const ETAG_OR_ANY = String.raw`^(?:\*|(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")$`;

const IfMatch = (): MethodDecorator =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'Only if the current ETag is this one; `*`: only if it exists.',
    schema: { type: 'string', pattern: ETAG_OR_ANY, example: '"1"' },
  });
const IfNoneMatch = (description: string, schema: { enum?: string[]; example: string }): MethodDecorator =>
  ApiHeader({ name: 'If-None-Match', required: false, description, schema: { type: 'string', ...schema } });

/** Declarations: which number belongs to which agent. */
@ApiTags('bindings')
@ApiBearerAuth()
@Controller(PATH)
export class BindingsController {
  constructor(
    private readonly bindings: BindingsService,
    private readonly declarations: DeclarationsService,
    private readonly readyWait: ReadyWait,
    private readonly listing: NumberListing,
  ) {}

  @Put(':key')
  @Idempotent()
  @RequireScope('bindings:write')
  @ApiOperation({
    operationId: 'declareBinding',
    summary: 'Declare a binding',
    description:
      'Creates the declaration that a number belongs to an agent, or replaces it; repeating the same declaration changes nothing. On another connection it is moved there, if the one that has it is disconnected. The reconciler applies it and keeps it applied: when this answers, nothing has been written to VoiceLink yet.',
  })
  @KeyParam()
  @IfMatch()
  @IfNoneMatch('`*`: only if it does not exist yet.', { enum: ['*'], example: '*' })
  @ApiSuccess(BindingDto, { description: 'Replaced, moved, or unchanged.', headers: ['ETag'] })
  @ApiSuccess(BindingDto, {
    status: 201,
    description: 'Created.',
    headers: ['ETag', 'Location'],
    example: DECLARED,
  })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_AMBIGUOUS', 'AGENT_NOT_FOUND', 'CONNECTION_NOT_FOUND')
  @ApiErrors('BINDING_LIMIT_REACHED')
  @ApiErrors('CONNECTION_CONFLICT', 'MANAGER_CONFLICT', 'PLAN_STALE', 'PRECONDITION_FAILED')
  @ApiErrors('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async declare(
    @CurrentCall() { principal, request, reply }: Call,
    @Param('key', DidKeyPipe) key: DidKey,
    @Body() body: DeclareBindingBody,
    @Query() { plan }: DeclarationQuery,
  ): Promise<SuccessEnvelope<BindingDto>> {
    const terms = { precondition: writePrecondition(request), plan: plan ?? null };
    const { created, view } = await this.declarations.declare(principal, key, body, terms);
    reply.header('etag', etagOf(view.binding.generation));
    if (created) reply.code(201).header('location', `${PATH}/${key}`);
    return success(toBinding(view));
  }

  @Get()
  @RequireScope('bindings:read')
  @ApiOperation({
    operationId: 'listBindings',
    summary: 'List bindings',
    description:
      'Covers all connections unless `connection_id` is given; ordered by number unless `sort` says otherwise.',
  })
  @ApiSuccess(BindingsPageDto, { description: 'One page.', example: { bindings: [], ...COMPACT_ROWS } })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async list(
    @CurrentCall() { principal, reply }: Call,
    @Query() query: BindingsQuery,
  ): Promise<SuccessEnvelope<BindingsPageDto> | LongAnswer> {
    const asked = { ...(await this.listing.page(principal, query)), ofBindings: true } as const;
    if (query.fields === 'compact') {
      const page = await this.listing.compact(asked);
      const rest = { bindings: [], ...(await this.listing.beside(asked, page)) };
      return pageAnswer(reply, { name: 'numbers', rows: page.items, map: toNumberRow, rest });
    }
    const page = await this.bindings.list(asked);
    const rest = await this.listing.beside(asked, page);
    return pageAnswer(reply, { name: 'bindings', rows: page.items, map: (view) => toBinding(view), rest });
  }

  @Get(':key')
  @RequireScope('bindings:read')
  @ApiOperation({
    operationId: 'getBinding',
    summary: 'Get a binding',
    description:
      'Returns the declaration, its status and its readiness, at once or, with `wait`, when the number is READY. The ETag covers only the declaration: status and readiness change without it, and a wait is never answered 304.',
  })
  @KeyParam()
  @IfNoneMatch('An ETag that is known already: answers 304 while the declaration is unchanged.', { example: '"1"' })
  @ApiSuccess(BindingDto, { description: 'The binding.', headers: ['ETag'] })
  @ApiResponse({ status: 304, description: 'The declaration is unchanged.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND')
  async get(
    @CurrentCall() { principal, request, reply }: Call,
    @Param('key', DidKeyPipe) key: DidKey,
    @Query() { wait, timeout_seconds: seconds, ...selection }: BindingQuery,
  ): Promise<SuccessEnvelope<BindingDto> | undefined> {
    if (wait !== undefined) {
      const waited = await this.readyWait.until({ principal, key, selection }, request, seconds * MS_PER_SECOND);
      reply.header('etag', etagOf(waited.view.binding.generation));
      return success(toBinding(waited.view, waited.result));
    }
    const view = await this.bindings.find({ principal, key, selection });
    const { generation } = view.binding;
    reply.header('etag', etagOf(generation));
    if (isNotModified(request, generation)) {
      reply.code(304);
      return undefined;
    }
    return success(toBinding(view));
  }

  @Delete(':key')
  @Idempotent()
  @RequireScope('bindings:write')
  @ApiOperation({
    operationId: 'deleteBinding',
    summary: 'Delete a binding',
    description:
      'Withdraws the declaration: Dialtone stops maintaining the number. Unless its release policy, or `release` here, says otherwise, nothing is undone in VoiceLink or in the local inventory. What it says is done by the reconciler, as soon as policy and VoiceLink let it; until then the binding stays, with `releasing`.',
  })
  @KeyParam()
  @IfMatch()
  @ApiSuccess(DeletedBindingDto, { description: 'Deleted.' })
  @ApiSuccess(DeletedBindingDto, { status: 202, description: 'Withdrawn, and being released.', example: RELEASING })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND', 'MANAGER_CONFLICT', 'PRECONDITION_FAILED')
  async remove(
    @CurrentCall() { principal, request, reply }: Call,
    @Param('key', DidKeyPipe) key: DidKey,
    @Query() query: WithdrawalQuery,
  ): Promise<SuccessEnvelope<DeletedBindingDto>> {
    const claim = {
      precondition: writePrecondition(request),
      manager: query.manager ?? null,
      takeOver: query.take_over ?? false,
      ...(query.release !== undefined && { release: query.release }),
    };
    const releasing = await this.bindings.remove({ principal, key, selection: query }, claim);
    if (releasing === null) return success({ key, deleted: true });
    reply.code(202);
    return success({ key, deleted: false, releasing });
  }

  @Post(':key/reconcile')
  @Idempotent()
  @HttpCode(202)
  @RequireScope('bindings:write')
  @ApiOperation({
    operationId: 'reconcileBinding',
    summary: 'Trigger a reconcile',
    description:
      'Makes the binding due now instead of at its next scheduled time, and ends a contest. Safe to repeat. Refused with the reason while nothing could come of it: during a pause, a hold, or outside the maintenance windows.',
  })
  @KeyParam()
  @ApiBody({ type: ReconcileBody, required: false })
  @ApiSuccess(ReconcileRequestedDto, { status: 202, description: 'The binding is due.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND', 'WRITES_NOT_ALLOWED', 'UNSUPPORTED_MEDIA_TYPE')
  async reconcile(
    @CurrentCall() { principal }: Call,
    @Param('key', DidKeyPipe) key: DidKey,
    @Body() { token, ...selection }: ReconcileBody,
  ): Promise<SuccessEnvelope<ReconcileRequestedDto>> {
    const dueAt = await this.bindings.trigger({ principal, key, selection }, token ?? null);
    return success({ key, due_at: dueAt.toISOString() });
  }
}
