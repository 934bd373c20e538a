import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../http/errors/api-docs';
import { ApiError } from '../http/errors/api-error';
import { Public } from '../http/access/policy';
import { ADVISORIES_WITH_PAGE, AdvisoryPages } from './advisory-pages';

/** Pages for people who follow an advisory: what differs from a declaration, why, and what to do about it. */
@ApiTags('pages')
@Controller('/docs/advisories')
export class AdvisoryPagesController {
  constructor(private readonly pages: AdvisoryPages) {}

  @Get(':advisory')
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({
    operationId: 'getAdvisoryPage',
    summary: 'Get the page of an advisory',
    description: 'Cause and remedy of an advisory about a declaration or a connection.',
  })
  @ApiParam({
    name: 'advisory',
    description: 'The code of an advisory.',
    schema: { type: 'string', enum: [...ADVISORIES_WITH_PAGE], example: 'BOT_MISMATCH' },
  })
  @ApiResponse({
    status: 200,
    description: 'The page.',
    content: { 'text/html': { schema: { type: 'string' }, example: '<!doctype html>…' } },
  })
  @ApiErrors('NOT_FOUND', 'SERVICE_UNAVAILABLE')
  page(@Param('advisory') advisory: string): string {
    const page = this.pages.find(advisory);
    if (page === null) throw new ApiError('NOT_FOUND', 'There is no advisory of this code: see `advisories`.');
    return page;
  }
}
