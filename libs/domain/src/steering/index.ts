export * from './modes';
export { covers as coversNumber, LONGEST_PAUSE_MS, pausedSpan, standingPauses } from './pauses';
export type { Pause, PauseOfNumber, PauseScope } from './pauses';
export * from './restraints';
export {
  cronFault,
  isTimeZone,
  MAX_WINDOWS,
  overlapsItself,
  WINDOW_DURATION,
  WINDOW_KINDS,
  type MaintenanceWindow,
} from './window-calendar';
export { closedWindows, windowsAt, type WindowSet, type WindowState } from './windows';
