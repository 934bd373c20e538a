import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AdminAccess } from './admin-access';

/** The admin API has no authentication, so it serves only callers on the same machine, unless an option lifts that. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(private readonly access: AdminAccess) {}

  canActivate(context: ExecutionContext): boolean {
    const { ip } = context.switchToHttp().getRequest<{ ip: string }>();
    if (this.access.open || isLoopback(ip)) return true;
    throw new ForbiddenException(
      'The admin API answers callers on the same machine only; start with --open-admin to lift that.',
    );
  }
}

const isLoopback = (ip: string): boolean => ip === '::1' || /^(::ffff:)?127\./.test(ip);
