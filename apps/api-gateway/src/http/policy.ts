import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** What an API key may be allowed to do. A key with the scope `*` may do everything. */
export const SCOPES = ['bindings:read', 'bindings:write', 'readiness:read', 'connections:write'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who may call a route. Every route has exactly one; the guard refuses a route without. */
export type Policy = { readonly kind: 'public' } | { readonly kind: 'scope'; readonly scope: Scope };

export const POLICY_KEY = 'dialtone:policy';

/** No API key is asked for. */
export const Public = (): CustomDecorator => SetMetadata(POLICY_KEY, { kind: 'public' } satisfies Policy);

/** Only for a valid API key that has this scope. */
export const RequireScope = (scope: Scope): CustomDecorator =>
  SetMetadata(POLICY_KEY, { kind: 'scope', scope } satisfies Policy);
