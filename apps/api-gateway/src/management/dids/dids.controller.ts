import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ObservedTargets } from '@dialtone/persistence';
import { CurrentCall, type Call } from '../../http/call';
import { success, type SuccessEnvelope } from '../../http/errors/envelope';
import { Idempotent } from '../../http/idempotency/idempotent';
import { RequireScope } from '../../http/access/policy';
import { OBSERVED_TARGETS } from '../../outside/tokens';
import { PassedOnAnswer, PassedOnList } from '../api-docs';
import { PassThrough } from '../pass-through';
import type { UpstreamBody } from '../upstream-body';
import { DID_ROW } from '../upstream-rows';
import { planMapDid } from './did-writes';
import { AvailableDidsQuery, MapDidBody, PurchasedDidsQuery } from './dids.dto';

/** Numbers that the reseller owns. */
@ApiTags('voicelink')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/dids')
export class DidsController {
  constructor(
    private readonly voicelink: PassThrough,
    @Inject(OBSERVED_TARGETS) private readonly targets: ObservedTargets,
  ) {}

  @Get('purchased')
  @RequireScope('voicelink:read')
  @ApiOperation({
    operationId: 'listPurchasedVoiceLinkDids',
    summary: 'List purchased DIDs',
    description: 'Purchased or assigned DIDs, as VoiceLink lists and pages them.',
  })
  @PassedOnList('The DIDs.', DID_ROW, {
    id: 812,
    did_id: 812,
    did_number: '918011223344',
    client_id: 415,
    status: 'active',
  })
  async purchased(
    @CurrentCall() call: Call,
    @Query() query: PurchasedDidsQuery,
  ): Promise<SuccessEnvelope<UpstreamBody>> {
    const { search, status, did_type, client_id, per_page, page } = query;
    return success(
      await this.voicelink.list(call, query, {
        path: '/v1/reseller/did/purchased',
        query: { search, status, did_type, client_id, per_page, page },
      }),
    );
  }

  @Get('available')
  @RequireScope('voicelink:read')
  @ApiOperation({
    operationId: 'listAvailableVoiceLinkDids',
    summary: 'List available DIDs',
    description: 'DIDs that are mapped to no client, as VoiceLink lists them.',
  })
  @PassedOnList('The DIDs.', DID_ROW, { did_id: 818, did_number: '918011223350', user_status: 1 })
  async available(
    @CurrentCall() call: Call,
    @Query() query: AvailableDidsQuery,
  ): Promise<SuccessEnvelope<UpstreamBody>> {
    const { search, did_type, per_page, page } = query;
    return success(
      await this.voicelink.list(call, query, {
        path: '/v1/reseller/client/available-dids',
        query: { search, did_type, per_page, page },
      }),
    );
  }

  @Post('map')
  @HttpCode(200)
  @Idempotent()
  @RequireScope('voicelink:write')
  @ApiOperation({
    operationId: 'mapVoiceLinkDid',
    summary: 'Map a DID to a client',
    description:
      'VoiceLink is the owner of record: it decides whether a mapped DID may be mapped again. Local phone numbers are never deleted.',
  })
  @PassedOnAnswer('VoiceLink DID mapped.', 200, { did_id: 812 })
  async map(@CurrentCall() call: Call, @Body() body: MapDidBody): Promise<SuccessEnvelope<UpstreamBody>> {
    return success(await this.voicelink.write(call, body, (opened) => planMapDid(this.targets, opened, body)));
  }
}
