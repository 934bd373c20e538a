import {
  isEffectListed,
  STEPS,
  unknownSectionsOf,
  type KeyObservation,
  type KeySection,
  type RemoteBot,
  type WriteEffect,
} from '@dialtone/domain';
import type { UnresolvedWrite, WritePurpose } from '../ports/journal';
import type { Proven } from './in-doubt';
import { effectOf } from './recent-writes';
import { inDoubtUntil } from './write-ahead';

/** A planned write, and what it makes. */
interface Sent {
  readonly write: UnresolvedWrite;
  readonly effect: WriteEffect;
  readonly section: KeySection;
  /** It cannot take effect any more, and the lists were begun after that. */
  readonly isOver: boolean;
}

/** By what is told what became of a key's writes. */
export interface Evidence {
  readonly observation: KeyObservation;
  /** The bots of all clients; null: they were not listed. */
  readonly allBots: readonly RemoteBot[] | null;
  /** See EngineSettings. */
  readonly inDoubtMs: number;
}

/**
 * What became of planned writes of a key that were not answered. That one was applied is shown only by what it would have made:
 * a human, or another write, may have done the step as well, and lists are told to be old by what our writes are known to have made. That it did
 * nothing is shown by lists that were begun after the last moment at which it can have taken effect. Until then, and while its
 * list leaves something open, it stays open.
 */
export const proveWrites = (open: readonly UnresolvedWrite[], evidence: Evidence): Proven => {
  const { observation, allBots } = evidence;
  const unknown = unknownSectionsOf(observation);
  const told = open.flatMap((write) => {
    const sent = sentBy(write, evidence);
    if (sent === null || unknown.includes(sent.section)) return [];
    const bots = isOfOtherBots(sent, observation) ? allBots : observation.bots;
    if (bots === null) return [];
    const isShown = isEffectListed(sent.effect, { ...observation, bots }, urlOf(write));
    return mayTell(sent, isShown) ? [{ id: write.id, isShown }] : [];
  });
  const idsOf = (isShown: boolean): readonly string[] =>
    told.filter((one) => one.isShown === isShown).map(({ id }) => id);
  return { applied: idsOf(true), notApplied: idsOf(false) };
};

/** A number may have got another client since: the bots of the one before are not among those that are looked at. */
export const needsAllBots = (open: readonly UnresolvedWrite[], evidence: Omit<Evidence, 'allBots'>): boolean =>
  open.some((write) => {
    const sent = sentBy(write, evidence);
    return sent !== null && sent.isOver && isOfOtherBots(sent, evidence.observation);
  });

/** Null: a passed-on request, which a sweep tells about. */
const sentBy = (
  write: UnresolvedWrite,
  { observation, inDoubtMs }: Pick<Evidence, 'observation' | 'inDoubtMs'>,
): Sent | null => {
  const effect = effectOf({ ...write, key: observation.key, seenAt: null });
  const section = sectionOf(write.step);
  if (effect === null || section === null) return null;
  return { write, effect, section, isOver: observation.observedAt >= inDoubtUntil(write, inDoubtMs) };
};

const sectionOf = (purpose: WritePurpose): KeySection | null => {
  if (purpose === 'request') return null;
  return purpose === 'release' ? 'routing' : STEPS[purpose].section;
};

/** A client may have any number of bots: the listed one need not be the one that was asked for, which may still come. */
const mayTell = ({ effect, isOver }: Sent, isShown: boolean): boolean =>
  isOver || (isShown && effect.kind !== 'bot_made');

const isOfOtherBots = ({ effect }: Sent, { did, bots }: KeyObservation): boolean =>
  effect.kind === 'bot_made'
    ? effect.clientId !== did?.clientId
    : effect.kind === 'bot_activated' && !bots.some(({ id }) => id === effect.botId);

const urlOf = ({ body }: UnresolvedWrite): string | null => {
  const url = body['websocket_url'];
  return typeof url === 'string' ? url : null;
};
