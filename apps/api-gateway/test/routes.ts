import { RequestMethod, type INestApplication, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { POLICY_KEY, type Policy } from '../src/http/access/policy';

export interface Route {
  readonly method: string;
  /** With its parameters as `:name`. */
  readonly path: string;
  /** Undefined: the route has none, which is a defect. */
  readonly policy: Policy | undefined;
}

const metadata = (key: string, target: object): unknown => Reflect.getMetadata(key, target) as unknown;

const routesOf = (controller: Type<unknown>): Route[] => {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name): Route[] => {
    if (name === 'constructor') return [];
    const handler = prototype[name];
    if (typeof handler !== 'function' || metadata('path', handler) === undefined) return [];
    const path = [metadata('path', controller), metadata('path', handler)].map(String).join('/');
    return [
      {
        method: RequestMethod[Number(metadata('method', handler))] ?? 'GET',
        path: `/${path}`.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, ''),
        policy: (metadata(POLICY_KEY, handler) ?? metadata(POLICY_KEY, controller)) as Policy | undefined,
      },
    ];
  });
};

/** Every route of every controller of the application. */
export const allRoutes = (app: INestApplication): Route[] =>
  [...app.get(ModulesContainer).values()]
    .flatMap((module) => [...module.controllers.values()])
    .flatMap(({ metatype }) => (metatype === null ? [] : routesOf(metatype as Type<unknown>)));

const DRAWN = /^(?<indent>(?:[│ ] {3})*)[├└]── (?<part>\S+)(?: \((?<methods>[^)]*)\))?$/u;
const LEVEL = 4;

/** Everything that the server itself answers, as `METHOD path`; the HEAD of a GET is not listed. */
export const servedRoutes = (app: NestFastifyApplication): string[] => {
  const server = app.getHttpAdapter().getInstance() as { printRoutes(options: object): string };
  const above: string[] = [];
  return server
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const { indent = '', part = '', methods = '' } = DRAWN.exec(line)?.groups ?? {};
      above.length = indent.length / LEVEL;
      above.push(part);
      const path = above.join('').replace(/\/{2,}/g, '/');
      const all = methods.split(', ');
      const isNamed = (method: string): boolean => method !== '' && !(method === 'HEAD' && all.includes('GET'));
      return all.filter(isNamed).map((method) => `${method} ${path}`);
    });
};
