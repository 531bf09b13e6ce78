import type { Exceptions } from '../contract/test-facts.ts';
import type { EmulatorName } from './running-emulator.ts';

export interface EmulatorExceptions {
  readonly objectStore: Exceptions;
  readonly stateStore: Exceptions;
  readonly eventStream: Exceptions;
  /** Of what is tested end to end, which is left out there. */
  readonly endToEnd: Exceptions;
}

const DELETES_PARENTS = 'it deletes the parents, with what is unread in them';

/**
 * What the emulators do not do as AWS does, of what the ports promise. `docs/localstack.md` has the
 * same list.
 */
export const EXCEPTIONS: Readonly<Record<EmulatorName, EmulatorExceptions>> = {
  ministack: {
    objectStore: {},
    stateStore: {
      'fails when a transaction is larger than 4 MiB':
        'it counts bytes in base64, and refuses binary values from 3 MiB on',
    },
    eventStream: {
      'gives a large shard in pieces, all of it': 'it answers more than 10 MiB to one read',
      'fails when a position is none of the shard': 'it takes any number for a position',
      'gives records to the children only, and ends the parent': DELETES_PARENTS,
      'ends a parent for a reader who was at its tip': DELETES_PARENTS,
      'lists parents with their records beside the children, in order of their ids':
        DELETES_PARENTS,
      'fails when a closed shard is split or merged, and when shards are no neighbours':
        DELETES_PARENTS,
    },
    endToEnd: {
      'a record batch that fails is retried, or given up and redriven':
        'it drops the failed record and all after it',
    },
  },
  localstack: {
    objectStore: {},
    stateStore: {},
    eventStream: {
      'begins at the first record that arrived at a time or later':
        'it begins earlier than at the millisecond that is asked for',
      'fails when a position is none of the shard': 'it takes any number for a position',
      'splits a shard in the middle of its range':
        'the shards of a new stream begin one hash key lower than on AWS',
    },
    endToEnd: {
      'data stays when its stacks are destroyed': 'it deletes all but buckets with objects',
      'a stack sets how long a stream keeps its records':
        'it keeps them for 24 h, whatever is asked',
      'a notification whose function failed comes again':
        'it does not within 90 s, where it is hidden for 5 s',
    },
  },
};

export function exceptionsOf(name: EmulatorName): EmulatorExceptions {
  return EXCEPTIONS[name];
}
