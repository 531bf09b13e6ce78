// Made by `npm run docs:generate` from the schema of the config; edit that instead.

/** The config as it is written. Without what the stack says: account, region, tags. */
export interface TandemConfig {
  /** Where things are. Relative paths start at the current folder. */
  readonly paths?: {
    /**
     * where orders, customers and products are read; the path of a folder
     * @default "data/landing"
     */
    readonly landing?: string;
    /**
     * where tables and manifests are written; the path of a folder
     * @default "data/lake"
     */
    readonly lake?: string;
    /**
     * the log of the local stream; the path of a folder
     * @default "data/stream"
     */
    readonly stream?: string;
  };
  /** How a batch run works. None of these changes what the tables hold. */
  readonly batch?: {
    /**
     * bytes of a CSV file that one map step reads; bytes from 1B to 1GiB, written as 1048576,
     * 512KiB, 32MiB or 1GiB
     * @default "32MiB"
     */
    readonly chunkBytes?: number | string;
    /**
     * worker threads, as memoryLimitBytes carries; null: one per core, at most 8; a whole number
     * from 1 to 64
     * @default null
     */
    readonly workers?: number | null;
    /**
     * resident memory of the process above which a run spills; bytes from 128MiB to 1024GiB,
     * written as 1048576, 512KiB, 32MiB or 1GiB
     * @default "768MiB"
     */
    readonly memoryLimitBytes?: number | string;
    /**
     * older runs are removed, but never the last two; a duration from 0s to 3650d, written as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "7d"
     */
    readonly keepRunsFor?: string;
    /**
     * on AWS: a run starts so long after the last upload; a duration from 0s to 15m, written as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "30s"
     */
    readonly quietFor?: string;
    /**
     * on AWS: uploads that go on and on hold a run back so long at most; a duration from 0s to 7d,
     * written as 500ms, 60s, 30m, 12h or 7d
     * @default "15m"
     */
    readonly maxWait?: string;
    /**
     * on AWS: runs start at least so long after one another; a duration from 0s to 7d, written as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "10m"
     */
    readonly minInterval?: string;
    /**
     * on AWS: a run that takes longer is stopped; a duration from 15m to 7d, written as 500ms, 60s,
     * 30m, 12h or 7d
     * @default "6h"
     */
    readonly maxRun?: string;
    /**
     * a run of 100 records or more is held back if more than this share of them, or of those of its
     * new files, is quarantined; 1: never; a number from 0 to 1
     * @default 0.5
     */
    readonly maxQuarantined?: number;
    /**
     * exit with 1 on any warning, as a rejected file; true or false
     * @default false
     */
    readonly strict?: boolean;
  };
  /** Tumbling windows of event time, aligned to 1970-01-01T00:00Z. */
  readonly windows?: {
    /**
     * length of a window of window_revenue; a duration from 1m to 1d, written as 500ms, 60s, 30m,
     * 12h or 7d
     * @default "10m"
     */
    readonly length?: string;
  };
  /** The stream: its times, which META fixes once it has begun, and its sizes. */
  readonly stream?: {
    /**
     * name of the stream; 1 to 128 of A-Z a-z 0-9 _ . -
     * @default "orders"
     */
    readonly name?: string;
    /**
     * how long windows wait for records that come out of order; a duration from 0s to 7d, written
     * as 500ms, 60s, 30m, 12h or 7d
     * @default "30m"
     */
    readonly watermarkDelay?: string;
    /**
     * how long an order id stays claimed; at least the window; a duration from 1m to 7d, written as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "30m"
     */
    readonly dedupeHorizon?: string;
    /**
     * event times further ahead of their arrival are capped; a duration from 0s to 1d, written as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "5m"
     */
    readonly maxAhead?: string;
    /**
     * a shard without records for so long holds nobody back; a duration from 1s to 1d, written as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "60s"
     */
    readonly idleAfter?: string;
    /**
     * when all shards are idle for so long, open windows become final; a duration from 1s to 7d,
     * written as 500ms, 60s, 30m, 12h or 7d
     * @default "30m"
     */
    readonly closeAfter?: string;
    /**
     * records that are consumed at once; a whole number from 1 to 10,000
     * @default 1000
     */
    readonly batchSize?: number;
    /**
     * how long records of a shard are gathered at most, so that segments are few; a duration from
     * 0s to 1m, written as 500ms, 60s, 30m, 12h or 7d
     * @default "1s"
     */
    readonly gatherFor?: string;
    /**
     * time between two publications; a duration from 1s to 1h, written as 500ms, 60s, 30m, 12h or
     * 7d
     * @default "60s"
     */
    readonly every?: string;
    /**
     * a planned epoch of another version is planned anew after this; a duration from 1m to 1d,
     * written as 500ms, 60s, 30m, 12h or 7d
     * @default "10m"
     */
    readonly replanAfter?: string;
    /**
     * plans, snapshots and replaced tables are removed after this; a duration from 1h to 3650d,
     * written as 500ms, 60s, 30m, 12h or 7d
     * @default "7d"
     */
    readonly keepObjectsFor?: string;
    /**
     * log entries of one shard that an epoch takes at most; a whole number from 1 to 10,000
     * @default 1000
     */
    readonly maxEntriesPerEpoch?: number;
    /**
     * reads of a shard log before a missing entry is an error; a whole number from 1 to 100
     * @default 10
     */
    readonly maxFoldAttempts?: number;
    /**
     * claims of one log entry, before compression; bytes from 1KiB to 256KiB, written as 1048576,
     * 512KiB, 32MiB or 1GiB
     * @default "256KiB"
     */
    readonly claimBytesPerEntry?: number | string;
    /**
     * records of one segment, before compression; bytes from 1KiB to 64MiB, written as 1048576,
     * 512KiB, 32MiB or 1GiB
     * @default "64MiB"
     */
    readonly segmentBytes?: number | string;
    /**
     * memory for the claims of shards between two batches; bytes from 1MiB to 64GiB, written as
     * 1048576, 512KiB, 32MiB or 1GiB
     * @default "256MiB"
     */
    readonly foldCacheBytes?: number | string;
  };
  /** How epochs of the stream are published. */
  readonly publish?: {
    /**
     * on AWS: with more shards, each is published by a function of its own; a whole number from 1
     * to 10,000
     * @default 8
     */
    readonly maxShardsInline?: number;
  };
  /** What `reconcile` compares. */
  readonly reconcile?: {
    /**
     * orders before the window of this instant are left out on both sides, as by --since: when the
     * stream began, if batch holds older orders; null: everything is compared; an instant in UTC,
     * written as 2026-01-31T09:00:00Z
     * @default null
     */
    readonly since?: string | null;
  };
  /** What `cdk deploy` makes on AWS. */
  readonly aws?: {
    /**
     * stacks begin with this; another one is another deployment; 1 to 20 letters and digits, the
     * first a capital
     * @default "Tandem"
     */
    readonly stackPrefix?: string;
    /**
     * memory of each step of a batch run; 1769MiB is one core; bytes from 512MiB to 10240MiB,
     * written as 1048576, 512KiB, 32MiB or 1GiB
     * @default "1769MiB"
     */
    readonly batchMemory?: number | string;
    /**
     * memory of the functions of the stream; bytes from 512MiB to 10240MiB, written as 1048576,
     * 512KiB, 32MiB or 1GiB
     * @default "1769MiB"
     */
    readonly streamMemory?: number | string;
    /**
     * memory of the function that compares both doors; bytes from 512MiB to 10240MiB, written as
     * 1048576, 512KiB, 32MiB or 1GiB
     * @default "1769MiB"
     */
    readonly reconcileMemory?: number | string;
    /**
     * both doors are compared so often, and after each batch run; a duration from 1m to 7d, written
     * as 500ms, 60s, 30m, 12h or 7d
     * @default "1h"
     */
    readonly reconcileEvery?: string;
    /**
     * steps of a batch run side by side; within the account’s concurrency; a whole number from 1 to
     * 5,000
     * @default 200
     */
    readonly maxParallel?: number;
    /**
     * who chooses the number of shards; provisioned, on_demand
     * @default "provisioned"
     */
    readonly streamMode?: 'provisioned' | 'on_demand';
    /**
     * shards of a provisioned stream; a whole number from 1 to 10,000
     * @default 2
     */
    readonly shards?: number;
    /**
     * how long the stream keeps records; whole hours; a duration from 24h to 365d, written as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "72h"
     */
    readonly retention?: string;
    /**
     * records are gathered so long before they are consumed; a duration from 0s to 300s, written as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "5s"
     */
    readonly batchWindow?: string;
    /**
     * retries before a record batch is given up; null: endless; a whole number from 0 to 10,000
     * @default null
     */
    readonly retryLimit?: number | null;
    /**
     * halve a record batch that failed; only with a retryLimit; true or false
     * @default true
     */
    readonly bisect?: boolean;
    /** What is there already. */
    readonly existing?: {
      /**
       * bucket that files are uploaded to; null: one is made; its name
       * @default null
       */
      readonly landingBucket?: string | null;
      /**
       * bucket of tables, manifests and raw segments; null: one is made; its name
       * @default null
       */
      readonly lakeBucket?: string | null;
      /**
       * bucket of record batches that were given up; null: one is made; its name
       * @default null
       */
      readonly failuresBucket?: string | null;
      /**
       * table of shard logs and of the starter; null: one is made; its name
       * @default null
       */
      readonly stateTable?: string | null;
      /**
       * stream of order events; null: one is made; its name or ARN
       * @default null
       */
      readonly stream?: string | null;
      /**
       * encrypts what is made, and opens what is brought; null: keys of AWS do; its id or ARN;
       * policies know no alias
       * @default null
       */
      readonly kmsKey?: string | null;
    };
    /** The network of the functions. */
    readonly vpc?: {
      /**
       * functions run in this VPC; null: in none; vpc-…
       * @default null
       */
      readonly id?: string | null;
      /**
       * subnets of it; a list of subnet-…
       * @default []
       */
      readonly subnets?: readonly string[];
      /**
       * of the functions; none: one is made that lets HTTPS out; a list of sg-…
       * @default []
       */
      readonly securityGroups?: readonly string[];
    };
    /**
     * how long the logs of functions and runs are kept; 1d, 3d, 5d, 7d, 14d, 30d, 60d, 90d, 120d,
     * 150d, 180d, 365d, 400d, 545d, 731d, 1096d, 1827d, 2192d, 2557d, 2922d, 3288d, 3653d
     * @default "90d"
     */
    readonly logRetention?:
      | '1d'
      | '3d'
      | '5d'
      | '7d'
      | '14d'
      | '30d'
      | '60d'
      | '90d'
      | '120d'
      | '150d'
      | '180d'
      | '365d'
      | '400d'
      | '545d'
      | '731d'
      | '1096d'
      | '1827d'
      | '2192d'
      | '2557d'
      | '2922d'
      | '3288d'
      | '3653d';
    /**
     * replaced and deleted objects can be got back for so long; whole days; a duration from 1d to
     * 3650d, written as 500ms, 60s, 30m, 12h or 7d
     * @default "30d"
     */
    readonly keepVersionsFor?: string;
    /**
     * reports of comparisons and of failed runs are kept so long; whole days; a duration from 1d to
     * 3650d, written as 500ms, 60s, 30m, 12h or 7d
     * @default "365d"
     */
    readonly keepReportsFor?: string;
  };
  /** Rules of records that can be chosen. */
  readonly rules?: {
    /**
     * spelling: status; adds to the default, and wins over it; up to 1,000 spellings (lower-case,
     * trimmed, not empty, not null) with one of completed, cancelled, pending, processing, or null,
     * which takes a spelling out; one at least has to stay
     * @default { "completed": "completed", "cancelled": "cancelled", "pending": "pending",
     * "processing": "processing", "complete": "completed", "done": "completed", "canceled":
     * "cancelled", "cancel": "cancelled", "in_progress": "processing", "in progress": "processing"
     * }
     */
    readonly statuses?: Readonly<
      Record<string, 'completed' | 'cancelled' | 'pending' | 'processing' | null>
    >;
    /**
     * which record of an order id counts in a batch run (order: object key, then offset); last: for
     * exports that bring an order again with its newest state; the stream keeps the first; first,
     * last
     * @default "first"
     */
    readonly keep?: 'first' | 'last';
  };
  /** How tables are written. */
  readonly parquet?: {
    /**
     * compression of pages; zstd, snappy, none
     * @default "zstd"
     */
    readonly codec?: 'zstd' | 'snappy' | 'none';
    /**
     * higher: smaller and slower; a whole number from 1 to 19
     * @default 1
     */
    readonly zstdLevel?: number;
    /**
     * plain: no dictionaries and no deltas, for the simplest readers; compact, plain
     * @default "compact"
     */
    readonly encoding?: 'compact' | 'plain';
    /**
     * rows of a row group at most; a whole number from 1 to 1,048,576
     * @default 131072
     */
    readonly rowGroupRows?: number;
  };
  /** What `tandem generate` writes. */
  readonly generate?: {
    /**
     * products p1, p2, …; a whole number from 1 to 1,000,000
     * @default 50
     */
    readonly products?: number;
    /**
     * customers c1, c2, …; a whole number from 1 to 1,000,000
     * @default 1000
     */
    readonly customers?: number;
    /**
     * first day of event times; a day from 1970-01-01 to 2199-12-31
     * @default "2026-01-01"
     */
    readonly from?: string;
    /**
     * last day of event times, included; a day from 1970-01-01 to 2199-12-31
     * @default "2026-01-31"
     */
    readonly to?: string;
    /**
     * fewest pieces; a whole number from 1 to 100,000
     * @default 1
     */
    readonly quantityMin?: number;
    /**
     * most pieces; a whole number from 1 to 100,000
     * @default 10
     */
    readonly quantityMax?: number;
    /**
     * lowest price, in cents; a whole number from 1 to 99,999,999
     * @default 500
     */
    readonly priceMinCents?: number;
    /**
     * highest price, in cents; a whole number from 1 to 99,999,999
     * @default 50000
     */
    readonly priceMaxCents?: number;
    /**
     * share of orders that are sent twice; a number from 0 to 1
     * @default 0.02
     */
    readonly duplicateRate?: number;
    /**
     * a copy happens later by this at least; a duration from 1s to 1d, written as 500ms, 60s, 30m,
     * 12h or 7d
     * @default "10s"
     */
    readonly duplicateDelayMin?: string;
    /**
     * a copy happens later by this at most; a duration from 1s to 1d, written as 500ms, 60s, 30m,
     * 12h or 7d
     * @default "300s"
     */
    readonly duplicateDelayMax?: string;
    /**
     * share of orders with a negative quantity; a number from 0 to 1
     * @default 0.05
     */
    readonly negativeQuantityRate?: number;
    /**
     * share of orders with a negative price; a number from 0 to 1
     * @default 0.05
     */
    readonly negativePriceRate?: number;
    /**
     * share of orders without order_id; a number from 0 to 1
     * @default 0.01
     */
    readonly missingIdRate?: number;
    /**
     * share of orders that do not arrive at their event time; a number from 0 to 1
     * @default 0.05
     */
    readonly disorderRate?: number;
    /**
     * these arrive before it by this at most; a duration from 0s to 1d, written as 500ms, 60s, 30m,
     * 12h or 7d
     * @default "1m"
     */
    readonly disorderEarlyMax?: string;
    /**
     * these arrive after it by this at most; a duration from 0s to 1d, written as 500ms, 60s, 30m,
     * 12h or 7d
     * @default "60m"
     */
    readonly disorderLateMax?: string;
    /**
     * spellings of the status, each as likely as the others; a list of 1 to 256 texts in ASCII, at
     * most 32 long, without comma or quote
     * @default [ "completed", "COMPLETED", "Complete", "done", "pending", "Pending", "PENDING",
     * "processing", "in_progress", "In Progress", "cancelled", "Canceled", "CANCELLED" ]
     */
    readonly statuses?: readonly string[];
  };
}
