import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpServer } from '../http/http-types';
import { JSON_TYPE } from '../http/errors/envelope';

const DESCRIPTION = `Keeps VoiceLink phone numbers call-ready: declare which number belongs to which agent, and a reconciler makes it
so and keeps it so. Readiness, drift and plans are answered from what was observed last, with its age.

Every answer is \`{"success": true, "data": …}\` or \`{"success": false, "error": {"code", "message", "details"?}}\`; decide by \`code\`,
which stays, and not by \`message\`, which is for people. Every answer carries \`X-Request-Id\`: the caller's, or a new one.

Lists of bindings, readiness and drift are read on with \`cursor\`, those of phone numbers and agents with \`limit\` and \`offset\`, and those
that VoiceLink itself answers with \`page\` and \`per_page\`. An input with \`x-aliases\` is taken under these older names as well.`;

const config = new DocumentBuilder()
  .setTitle('Dialtone API')
  .setDescription(DESCRIPTION)
  .setVersion('2.0.0')
  .addServer('/')
  .addTag('bindings', 'Declarations: which number belongs to which agent.')
  .addTag('steering', 'When and how far Dialtone may write: modes, pauses, maintenance windows.')
  .addTag('history', 'What changed, who changed it, and what it explains.')
  .addTag('events', 'What happened, as it is told over Kafka.')
  .addTag('webhooks', 'The same by HTTP, signed after Standard Webhooks.')
  .addTag('readiness', 'What was found out about the numbers.')
  .addTag('provisioning', 'VoiceLink is looked at, and made ready for calls, while you wait.')
  .addTag('connections', 'Carrier accounts.')
  .addTag('phone numbers', 'The local inventory.')
  .addTag('agents', 'Who answers and places calls.')
  .addTag('calls', 'Outbound calls.')
  .addTag('pages', 'For people: what an action item leads to.')
  .addTag('voicelink', "VoiceLink's own records: clients, DIDs, bots and call routing, passed on.")
  .addTag('health', 'For the orchestrator.')
  .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'rg_live_…', description: 'API key of a partner.' })
  .build();
import { addHeaders } from './answer-headers';
import { closeBodies } from './close-bodies';
import type { Document } from './document-types';
import { nameErrors } from './error-answers';
import { fillExamples } from './fill-examples';
import { foldAliases } from './fold-aliases';
import { markPublic } from './mark-public';
import { nameUnions } from './name-unions';
import { writeNullsAsTypes } from './null-types';
import { makePatternsPortable } from './portable-patterns';
import { makeValuesPortable } from './portable-values';
import { Precompressed } from './precompressed';
import { serveText } from './serve-text';
import { dropPartialExamples, shareExamples } from './share-examples';
import { shareParameters } from './share-parameters';
import { shareSchemas } from './shared-schemas';

interface Parameter {
  readonly in: string;
  readonly name: string;
}

const DOCUMENT_PATH = '/openapi.json';

const PLACES = ['path', 'query', 'header'];

const byPlaceAndName = (a: Parameter, b: Parameter): number =>
  PLACES.indexOf(a.in) - PLACES.indexOf(b.in) || a.name.localeCompare(b.name, 'en');

/** Sorted: the order that the scanner finds parameters in depends on the compiler's type metadata. */
const sortParameters = (document: OpenAPIObject): OpenAPIObject => {
  for (const { get, put, post, patch, delete: remove } of Object.values(document.paths)) {
    for (const operation of [get, put, post, patch, remove])
      (operation?.parameters as Parameter[] | undefined)?.sort(byPlaceAndName);
  }
  return document;
};

/** The OpenAPI 3.1 document of all routes. Nest writes 3.0: what is said of null is rewritten when all else is complete. */
export const createDocument = (app: NestFastifyApplication): OpenAPIObject => {
  // Written and read, so that all of it may be changed: many routes, and the next document, hold the same objects.
  const described = JSON.parse(JSON.stringify(SwaggerModule.createDocument(app, config))) as OpenAPIObject;
  const document = sortParameters(described) as unknown as Document;
  nameErrors(document);
  addHeaders(document);
  foldAliases(document);
  nameUnions(document);
  closeBodies(document);
  markPublic(document);
  makePatternsPortable(document);
  fillExamples(document);
  shareExamples(document);
  dropPartialExamples(document);
  shareSchemas(document);
  makeValuesPortable(document);
  writeNullsAsTypes(document);
  shareParameters(document);
  return { ...(document as unknown as OpenAPIObject), openapi: '3.1.0' };
};

/** Serves the document at /openapi.json and a browsable page at /docs, which reads it from there. */
export const serveDocument = (app: NestFastifyApplication, server: HttpServer): void => {
  const document = createDocument(app);
  SwaggerModule.setup('docs', app, document, {
    raw: false,
    customSiteTitle: 'Dialtone API',
    swaggerUrl: DOCUMENT_PATH,
  });
  serveText(server, DOCUMENT_PATH, new Precompressed(JSON.stringify(document), JSON_TYPE));
};
