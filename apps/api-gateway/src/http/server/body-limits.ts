import { MAX_FIELDS, MAX_ITEMS, type BodyExtent } from '../input/body-shape';

/** How much of a body a route takes. */
export interface BodyLimits extends BodyExtent {
  readonly bytes: number;
}

const KIB = 1024;

/** A longer or larger body is a mistake or an attack. */
export const USUAL_LIMITS: BodyLimits = { bytes: 64 * KIB, fields: MAX_FIELDS, items: MAX_ITEMS };

// A thousand declarations with all of their labels; and beside them the numbers that are kept.
const BATCH: BodyLimits = { bytes: KIB * KIB, fields: 32_000, items: 52_000 };

/** By the template of the route, in which `::` is a colon. */
const LIMITS: Readonly<Record<string, BodyLimits>> = {
  '/api/v2/agent': { ...USUAL_LIMITS, bytes: KIB * KIB },
  '/api/v2/voicelink/bindings::batch': BATCH,
  '/api/v2/voicelink/bindings::plan': BATCH,
};

export const bodyLimitsOf = (route: string | undefined): BodyLimits => LIMITS[route ?? ''] ?? USUAL_LIMITS;
