import type { Config } from '../../shared/model/config.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

/** What the steps of a batch run need where each is a process of its own. */
export interface BatchHost {
  readonly landing: ObjectStore;
  readonly lake: ObjectStore;
  readonly clock: Clock;
  readonly config: Config;
  readonly codeVersion: string;
  /** For messages. */
  readonly landingName: string;
}
