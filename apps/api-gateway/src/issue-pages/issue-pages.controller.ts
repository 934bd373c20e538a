import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../http/errors/api-docs';
import { ApiError } from '../http/errors/api-error';
import { Public } from '../http/access/policy';
import { ISSUE_PAGES_PATH } from './issue-url';
import { IssuePages, STATES_WITH_PAGE } from './issue-pages';

const HTML = 'text/html; charset=utf-8';

const ApiPage = (description: string): MethodDecorator =>
  ApiResponse({
    status: 200,
    description,
    content: { 'text/html': { schema: { type: 'string' }, example: '<!doctype html>…' } },
  });

/** Pages for people who follow an action item: what is wrong with a number, its cause and its remedy. */
@ApiTags('pages')
@Controller(ISSUE_PAGES_PATH)
export class IssuePagesController {
  constructor(private readonly pages: IssuePages) {}

  @Get()
  @Public()
  @Header('content-type', HTML)
  @ApiOperation({
    operationId: 'listIssuePages',
    summary: 'List readiness issues',
    description: 'One page with all issues in order of precedence and links to their own pages.',
  })
  @ApiPage('The page.')
  @ApiErrors('SERVICE_UNAVAILABLE')
  index(): string {
    return this.pages.index;
  }

  @Get(':issue')
  @Public()
  @Header('content-type', HTML)
  @ApiOperation({
    operationId: 'getIssuePage',
    summary: 'Get the page of a readiness issue',
    description: 'Cause and remedy; the `url` of an action item leads here.',
  })
  @ApiParam({
    name: 'issue',
    description: 'A state other than READY.',
    schema: { type: 'string', enum: [...STATES_WITH_PAGE], example: 'NO_BOT' },
  })
  @ApiPage('The page.')
  @ApiErrors('NOT_FOUND', 'SERVICE_UNAVAILABLE')
  page(@Param('issue') issue: string): string {
    const page = this.pages.find(issue);
    if (page === null) throw new ApiError('NOT_FOUND', `There is no page of this name: see ${ISSUE_PAGES_PATH}.`);
    return page;
  }
}
