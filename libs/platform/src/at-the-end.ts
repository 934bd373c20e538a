import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';

/** Is done when everything else of the application has stopped working. */
class Ending implements OnApplicationShutdown {
  constructor(private readonly end: () => Promise<void>) {}

  onApplicationShutdown(): Promise<void> {
    return this.end();
  }
}

/** The same application, with something to do at its end. */
export const withEnding = (application: DynamicModule, end: () => Promise<void>): DynamicModule => ({
  ...application,
  providers: [...(application.providers ?? []), { provide: Ending, useFactory: () => new Ending(end) }],
});
