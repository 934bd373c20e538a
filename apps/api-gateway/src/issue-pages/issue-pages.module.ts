import { Module } from '@nestjs/common';
import { IssuePagesController } from './issue-pages.controller';
import { IssuePages } from './issue-pages';

@Module({ controllers: [IssuePagesController], providers: [IssuePages] })
export class IssuePagesModule {}
