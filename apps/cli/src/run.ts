import { Failure } from './failure';
import { Gateway } from './gateway/gateway';
import { formatOf, printed, printedOne, type Format, type Shape } from './output/print';
import { targetOf, type TargetFlags } from './settings/target';
import { say, type Surroundings } from './surroundings';

/** Options that every command takes. */
export interface CommonFlags extends TargetFlags {
  readonly output: string;
  readonly retryFor?: string;
}

const MS_PER_SECOND = 1_000;
/** One attempt: a batch of a thousand on a busy gateway, or a wait of two minutes. */
const ATTEMPT_MS = 150_000;

/** How long a command repeats what gets no answer, unless `--retry-for` says otherwise. */
export const PATIENCE = { look: 10_000, work: 300_000 } as const;

/** Seconds, or a number with s, m or h, in ms. */
export const durationOf = (text: string, flag: string): number => {
  const [, digits, unit = 's'] = /^(\d{1,7})(s|m|h)?$/.exec(text) ?? [];
  const factor = { s: 1, m: 60, h: 3_600 }[unit];
  if (digits === undefined || factor === undefined)
    throw new Failure(`${flag} must be a time such as 90, 90s, 5m or 1h, and not "${text}".`);
  return Number(digits) * factor * MS_PER_SECOND;
};

/** One run of one command. */
export class Run {
  readonly format: Format;

  constructor(
    readonly around: Surroundings,
    readonly flags: CommonFlags,
  ) {
    this.format = formatOf(flags.output);
  }

  /** The gateway of flags, environment or profile. */
  async gateway(patienceMs: number = PATIENCE.look): Promise<Gateway> {
    const { around, flags } = this;
    const target = await targetOf(around.env, flags);
    return new Gateway(target, {
      ms: flags.retryFor === undefined ? patienceMs : durationOf(flags.retryFor, '--retry-for'),
      attemptMs: ATTEMPT_MS,
      signal: around.signal,
      say: (line) => {
        this.say(`${target.address}: ${line}`);
      },
    });
  }

  /** Data. */
  print(text: string): void {
    this.around.stdout.write(text);
  }

  /** Everything else. */
  say(line: string): void {
    say(this.around, line);
  }

  printRows<Row>(rows: readonly Row[], shape: Shape<Row>, none: string): void {
    if (rows.length === 0 && ['table', 'wide'].includes(this.format)) this.say(none);
    this.print(printed(rows, shape, this.format));
  }

  printRow<Row>(row: Row, shape: Shape<Row>): void {
    this.print(printedOne(row, shape, this.format));
  }
}
