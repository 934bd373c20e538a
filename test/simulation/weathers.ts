import { HalfReadWeather } from './half-read-weather';
import type { ListWeather } from './list-weather';
import { OddWeather } from './odd-weather';
import type { Scheduler } from './scheduler';
import type { SimUpstream } from './sim-upstream';
import type { SimulatedWorld } from './simulated-world';

/** A kind of trouble that comes and goes. */
export type Weather = OddWeather | HalfReadWeather | ListWeather;

/** What a world has of it. */
export const weathersOf = (
  { hasOddRows, hasHalfReadValues, shiftRate, newBotLostRate }: SimulatedWorld,
  {
    scheduler,
    upstream,
    short,
  }: { readonly scheduler: Scheduler; readonly upstream: SimUpstream; readonly short: ListWeather | null },
): readonly Weather[] => {
  if (shiftRate !== undefined) upstream.shiftRate = shiftRate;
  if (newBotLostRate !== undefined) upstream.newBotLostRate = newBotLostRate;
  const weathers = [hasOddRows === true ? new OddWeather(scheduler, upstream) : null, short];
  const others = weathers.filter((weather) => weather !== null);
  if (hasHalfReadValues !== true) return others;
  const halfRead = new HalfReadWeather(scheduler, upstream);
  upstream.readRows = (section, rows) => halfRead.read(section, rows);
  return [...others, halfRead];
};
