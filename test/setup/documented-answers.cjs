const { subscribe, unsubscribe } = require('node:diagnostics_channel');
const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');

/** Fastify's announcement of a new server: before it has routes, so that a hook applies to all of them. */
const SERVER_MADE = 'fastify.initialization';
/** Answers of gateways in other processes, told by the clients of the tests. */
const ANSWER_SEEN = 'dialtone:answer';

/** Tests that make VoiceLink answer as it never would: the passed-on answers are not as documented. */
const UNDOCUMENTED = 'dialtone:undocumented';

const COMMITTED = resolve(__dirname, '../../docs/api/openapi.json');

/** The routes that the document describes. Other servers, the simulator among them, have none of these. */
const DOCUMENTED = /^\/(?:api\/v2|health|docs\/issues)(?:\/|$)/;

let validator = null;
let isExempt = false;
const problems = new Set();

/** Loaded for the first answer only: most test files ask no gateway. The document is the one that gateways serve, says a test. */
function documented() {
  if (validator !== null) return validator;
  const { DocumentValidator } = require('../../apps/api-gateway/test/document-validator');
  validator = new DocumentValidator(JSON.parse(readFileSync(COMMITTED, 'utf8')));
  return validator;
}

function note(answer) {
  // HEAD is answered like GET, without its body.
  if (isExempt || answer.method === 'HEAD' || !DOCUMENTED.test(answer.path)) return;
  for (const problem of documented().answerProblems(answer)) problems.add(problem);
}

function noteResponse(request, raw, text) {
  const { url } = request.routeOptions;
  if (url === undefined) return; // No route takes the request.
  const path = url.replace(/(?<!:):(\w+)/g, '{$1}').replaceAll('::', ':');
  note({ method: request.method, path, status: raw.statusCode, contentType: raw.getHeader('content-type'), text });
}

const bytesOf = (chunk) => (typeof chunk === 'string' || chunk instanceof Uint8Array ? [Buffer.from(chunk)] : []);

/** Keeps what is written to a response, at once or piece by piece, and notes it before its end is sent. */
function watch(request, raw) {
  const pieces = [];
  const { write, end } = raw;
  raw.write = function (...args) {
    pieces.push(...bytesOf(args[0]));
    return write.apply(this, args);
  };
  raw.end = function (...args) {
    pieces.push(...bytesOf(args[0]));
    noteResponse(request, raw, Buffer.concat(pieces).toString('utf8'));
    return end.apply(this, args);
  };
}

function onServer({ fastify }) {
  fastify.addHook('onRequest', (request, reply, done) => {
    watch(request, reply.raw);
    done();
  });
}

function exempt() {
  isExempt = true;
}

// Every answer of every gateway that a test file asks is as documented; else the test that was running fails.
beforeAll(() => {
  subscribe(SERVER_MADE, onServer);
  subscribe(ANSWER_SEEN, note);
  subscribe(UNDOCUMENTED, exempt);
});
afterEach(() => {
  const found = [...problems];
  problems.clear();
  isExempt = false;
  expect(found).toEqual([]);
});
afterAll(() => {
  unsubscribe(SERVER_MADE, onServer);
  unsubscribe(ANSWER_SEEN, note);
  unsubscribe(UNDOCUMENTED, exempt);
});
