import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { invalidInput, shownName } from '../errors/api-error';
import type { HttpRequest } from '../http-types';
import { Policies } from '../access/policy';

/** Nest's metadata of handler parameters, keyed `<kind>:<position>`, and its kinds of body and query. */
const ROUTE_ARGUMENTS = '__routeArguments__';
const BODY = 3;
const QUERY = 4;

/** Metadata of the document's decorators: an optional body is marked there. */
const DOCUMENTED = 'swagger/apiParameters';

interface Takes {
  readonly body: 'required' | 'optional' | 'none';
  readonly query: boolean;
}

interface DocumentedInput {
  readonly in?: string;
  readonly required?: boolean;
}

const firstField = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.keys(value).slice(0, 1).map(shownName)[0]
    : undefined;

/**
 * The server does not read the body of a GET, so the size decides: an empty object has two characters. A body without a
 * size passes: proxies send that for a request without a body.
 */
const hasUnreadBody = ({ method, headers }: HttpRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && Number(headers['content-length'] ?? 0) > '{}'.length;

const isEmptyObject = (value: unknown): boolean => JSON.stringify(value) === '{}';

/**
 * Refuses a query or a body that the route does not take, and a missing body that it needs. Ignoring input in silence would be
 * worse: a `connection_id` in the wrong place would act on another connection. An empty object counts as no body. Public routes
 * take anything, since probes and browsers add parameters of their own.
 */
@Injectable()
export class UndeclaredInputGuard implements CanActivate {
  private readonly known = new WeakMap<object, Takes>();

  private readonly policies: Policies;

  constructor(reflector: Reflector) {
    this.policies = new Policies(reflector);
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.policies.of(context)?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const { body, query } = request;
    const takes = this.takes(context);
    if (!takes.query) refuseQuery(query);
    if (takes.body === 'none' && (hasUnreadBody(request) || !(body === undefined || isEmptyObject(body))))
      refuseBody(body);
    if (takes.body === 'required' && body === undefined) throw invalidInput('body', 'A JSON body is required.');
    return true;
  }

  private takes(context: ExecutionContext): Takes {
    const handler = context.getHandler();
    const known = this.known.get(handler);
    if (known !== undefined) return known;
    const noted = (Reflect.getMetadata(ROUTE_ARGUMENTS, context.getClass(), handler.name) ?? {}) as object;
    const kinds = new Set(Object.keys(noted).map((name) => Number(name.split(':')[0])));
    const takes = { body: kinds.has(BODY) ? needOf(handler) : 'none', query: kinds.has(QUERY) } as const;
    this.known.set(handler, takes);
    return takes;
  }
}

const needOf = (handler: object): 'required' | 'optional' => {
  const inputs = (Reflect.getMetadata(DOCUMENTED, handler) ?? []) as readonly DocumentedInput[];
  return inputs.some((input) => input.in === 'body' && input.required === false) ? 'optional' : 'required';
};

const refuseQuery = (query: unknown): void => {
  const name = firstField(query);
  if (name !== undefined) throw invalidInput(name, `${name} is not known in the query here: remove it.`);
};

const refuseBody = (body: unknown): never => {
  const name = firstField(body) ?? 'body';
  throw invalidInput(name, 'No body is taken here: send the request without one.');
};
