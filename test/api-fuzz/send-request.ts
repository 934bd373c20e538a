import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FuzzAnswer } from './answer-rules';
import { urlOf, type FuzzRequest } from './request';

/** Asks without a socket. `apiKey` null: without credentials. */
export const sendRequest = async (
  app: NestFastifyApplication,
  request: FuzzRequest,
  apiKey: string | null,
): Promise<FuzzAnswer> => {
  const { operation, headers, contentType, payload } = request;
  const response = await app.inject({
    method: operation.method.toUpperCase() as 'GET',
    url: urlOf(request),
    headers: {
      ...headers,
      ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
      ...(contentType !== null && { 'content-type': contentType }),
    },
    ...(payload !== null && { payload }),
  });
  return { status: response.statusCode, headers: response.headers, text: response.body };
};
