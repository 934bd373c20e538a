import type { ConnectionId, PartnerId } from '@dialtone/domain';
import type { ConnectionRow } from './connection-store';
import type { Connection } from '../entities/connection.entity';

export const toConnectionRow = (entity: Connection): ConnectionRow => ({
  id: entity.id as ConnectionId,
  partnerId: entity.partnerId as PartnerId,
  provider: entity.provider,
  name: entity.name,
  status: entity.status,
  isDefault: entity.isDefault,
  isEnding: entity.endsAfter !== null,
  baseUrl: entity.baseUrl,
  writesHeld: entity.writesHeld,
  accountId: entity.accountId,
  advisories: entity.advisories,
  lastVerifiedAt: entity.lastVerifiedAt,
  lastErrorMessage: entity.lastErrorMessage,
  lastSweptAt: entity.lastSweptAt,
  createdAt: entity.createdAt,
  updatedAt: entity.updatedAt,
});
