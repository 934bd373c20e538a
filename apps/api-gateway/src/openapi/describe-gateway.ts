import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule } from '../gateway.module';
import { OUTSIDE_TOKENS } from '../outside/tokens';
import { createDocument } from './document';

@Global()
@Module({
  providers: OUTSIDE_TOKENS.map((provide) => ({ provide, useValue: null })),
  exports: [...OUTSIDE_TOKENS],
})
class NothingOutside {}

/** The OpenAPI document as the committed file's text. Nothing is instantiated, so nothing from outside is needed. */
export const describeGateway = async (): Promise<string> => {
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.over({ module: NothingOutside }),
    new FastifyAdapter(),
    { preview: true, logger: false, abortOnError: false },
  );
  return `${JSON.stringify(createDocument(app), null, 2)}\n`;
};
