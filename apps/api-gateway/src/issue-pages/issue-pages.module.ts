import { Module } from '@nestjs/common';
import { IssuePagesController } from './issue-pages.controller';
import { AdvisoryPagesController } from './advisory-pages.controller';
import { AdvisoryPages } from './advisory-pages';
import { IssuePages } from './issue-pages';

@Module({ controllers: [IssuePagesController, AdvisoryPagesController], providers: [IssuePages, AdvisoryPages] })
export class IssuePagesModule {}
