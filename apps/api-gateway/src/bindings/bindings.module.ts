import { Module } from '@nestjs/common';
import { BindingsController } from './bindings.controller';
import { DeclarationsService } from './declarations.service';
import { DeclaredClient } from './declared-client';
import { BindingsService } from './bindings.service';

@Module({ controllers: [BindingsController], providers: [BindingsService, DeclarationsService, DeclaredClient] })
export class BindingsModule {}
