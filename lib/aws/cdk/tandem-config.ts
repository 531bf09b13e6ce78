// Made by `npm run docs:generate` from the schema of the config; edit that instead.

/** The config as it is written. Without what the stack says: account, region, tags. */
export interface TandemConfig {
  /** Folders. Relative paths start at the current directory. */
  readonly paths?: {
    /**
     * folder that batch reads: orders/, customers/ and products/; a folder path
     * @default "data/landing"
     */
    readonly landing?: string;
    /**
     * folder of tables and manifests; a folder path
     * @default "data/lake"
     */
    readonly lake?: string;
    /**
     * folder of the local stream; a folder path
     * @default "data/stream"
     */
    readonly stream?: string;
  };
  /** Batch runs. No key of this group changes the contents of tables. */
  readonly batch?: {
    /**
     * bytes of a file per map step; bytes from 1B to 1GiB, such as 1048576, 512KiB, 32MiB or 1GiB
     * @default "32MiB"
     */
    readonly chunkBytes?: number | string;
    /**
     * maximum worker threads, fewer if memoryLimitBytes requires it; null: one per core, up to 8; a
     * whole number from 1 to 64
     * @default null
     */
    readonly workers?: number | null;
    /**
     * memory of the process (RSS) above which a run spills to disk; bytes from 128MiB to 1024GiB,
     * such as 1048576, 512KiB, 32MiB or 1GiB
     * @default "768MiB"
     */
    readonly memoryLimitBytes?: number | string;
    /**
     * how long runs are kept; the last two always are; a duration from 0s to 3650d, such as 500ms,
     * 60s, 30m, 12h or 7d
     * @default "7d"
     */
    readonly keepRunsFor?: string;
    /**
     * on AWS: a run starts this long after the last upload; a duration from 0s to 15m, such as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "30s"
     */
    readonly quietFor?: string;
    /**
     * on AWS: longest that continuing uploads delay a run; a duration from 0s to 7d, such as 500ms,
     * 60s, 30m, 12h or 7d
     * @default "15m"
     */
    readonly maxWait?: string;
    /**
     * on AWS: minimum time between the starts of two runs; a duration from 0s to 7d, such as 500ms,
     * 60s, 30m, 12h or 7d
     * @default "10m"
     */
    readonly minInterval?: string;
    /**
     * on AWS: a run that takes longer is stopped; a duration from 15m to 7d, such as 500ms, 60s,
     * 30m, 12h or 7d
     * @default "6h"
     */
    readonly maxRun?: string;
    /**
     * maximum share of quarantined records: a run of 100 records or more with a larger share, over
     * all files or over its new files, is not published; 1: no limit; a number from 0 to 1
     * @default 0.5
     */
    readonly maxQuarantined?: number;
    /**
     * exit with 1 if there is any warning, such as a rejected file; true or false
     * @default false
     */
    readonly strict?: boolean;
  };
  /** Tumbling windows of event time, aligned to 1970-01-01T00:00Z. */
  readonly windows?: {
    /**
     * length of one window of window_revenue; a duration from 1m to 1d, such as 500ms, 60s, 30m,
     * 12h or 7d
     * @default "10m"
     */
    readonly length?: string;
  };
  /** The stream. A consumer keeps the times it began with; sizes can change at any time. */
  readonly stream?: {
    /**
     * name of the stream; 1 to 128 of A-Z a-z 0-9 _ . -
     * @default "orders"
     */
    readonly name?: string;
    /**
     * how long windows wait for out-of-order records; a duration from 0s to 7d, such as 500ms, 60s,
     * 30m, 12h or 7d
     * @default "30m"
     */
    readonly watermarkDelay?: string;
    /**
     * how long a second record of an order id counts as duplicate; at least windows.length; a
     * duration from 1m to 7d, such as 500ms, 60s, 30m, 12h or 7d
     * @default "30m"
     */
    readonly dedupeHorizon?: string;
    /**
     * how far ahead of its arrival an event time may raise the watermark; a duration from 0s to 1d,
     * such as 500ms, 60s, 30m, 12h or 7d
     * @default "5m"
     */
    readonly maxAhead?: string;
    /**
     * after this long without records a shard no longer holds back the watermark; a duration from
     * 1s to 1d, such as 500ms, 60s, 30m, 12h or 7d
     * @default "60s"
     */
    readonly idleAfter?: string;
    /**
     * after this long with all shards idle, open windows are finalised; a duration from 1s to 7d,
     * such as 500ms, 60s, 30m, 12h or 7d
     * @default "30m"
     */
    readonly closeAfter?: string;
    /**
     * maximum records consumed at once; a whole number from 1 to 10,000
     * @default 1000
     */
    readonly batchSize?: number;
    /**
     * maximum time to gather records of a shard into one segment; a duration from 0s to 1m, such as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "1s"
     */
    readonly gatherFor?: string;
    /**
     * time between two epochs; a duration from 1s to 1h, such as 500ms, 60s, 30m, 12h or 7d
     * @default "60s"
     */
    readonly every?: string;
    /**
     * after this an epoch planned by another version is planned again; a duration from 1m to 1d,
     * such as 500ms, 60s, 30m, 12h or 7d
     * @default "10m"
     */
    readonly replanAfter?: string;
    /**
     * how long plans, snapshots and replaced tables are kept; a duration from 1h to 3650d, such as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "7d"
     */
    readonly keepObjectsFor?: string;
    /**
     * maximum log entries per shard and epoch; a whole number from 1 to 10,000
     * @default 1000
     */
    readonly maxEntriesPerEpoch?: number;
    /**
     * times a shard log is read before a missing entry is an error; a whole number from 1 to 100
     * @default 10
     */
    readonly maxFoldAttempts?: number;
    /**
     * maximum size of the claims of one log entry, before compression; bytes from 1KiB to 256KiB,
     * such as 1048576, 512KiB, 32MiB or 1GiB
     * @default "256KiB"
     */
    readonly claimBytesPerEntry?: number | string;
    /**
     * maximum size of one segment, before compression; bytes from 1KiB to 64MiB, such as 1048576,
     * 512KiB, 32MiB or 1GiB
     * @default "64MiB"
     */
    readonly segmentBytes?: number | string;
    /**
     * memory that keeps the claims of shards between batches; bytes from 1MiB to 64GiB, such as
     * 1048576, 512KiB, 32MiB or 1GiB
     * @default "256MiB"
     */
    readonly foldCacheBytes?: number | string;
  };
  /** Publishing of epochs. */
  readonly publish?: {
    /**
     * on AWS: with more shards, each one is published by its own function; a whole number from 1 to
     * 10,000
     * @default 8
     */
    readonly maxShardsInline?: number;
  };
  /** Comparison of batch and stream (`tandem reconcile`). */
  readonly reconcile?: {
    /**
     * compare only orders from the window of this instant on, as with --since; set it to the start
     * of the stream if batch holds older orders; null: compare all orders; an instant in UTC, such
     * as 2026-01-31T09:00:00Z
     * @default null
     */
    readonly since?: string | null;
  };
  /** The deployment on AWS (`cdk deploy`). */
  readonly aws?: {
    /**
     * prefix of stack names; a different one is a separate deployment; 1 to 20 letters and digits,
     * starting with a capital letter
     * @default "Tandem"
     */
    readonly stackPrefix?: string;
    /**
     * memory of each function of a batch run; 1769MiB is one core; bytes from 512MiB to 10240MiB,
     * such as 1048576, 512KiB, 32MiB or 1GiB
     * @default "1769MiB"
     */
    readonly batchMemory?: number | string;
    /**
     * memory of the functions of the stream; bytes from 512MiB to 10240MiB, such as 1048576,
     * 512KiB, 32MiB or 1GiB
     * @default "1769MiB"
     */
    readonly streamMemory?: number | string;
    /**
     * memory of the function that compares batch and stream; bytes from 512MiB to 10240MiB, such as
     * 1048576, 512KiB, 32MiB or 1GiB
     * @default "1769MiB"
     */
    readonly reconcileMemory?: number | string;
    /**
     * time between comparisons of batch and stream; each batch run also starts one; a duration from
     * 1m to 7d, such as 500ms, 60s, 30m, 12h or 7d
     * @default "1h"
     */
    readonly reconcileEvery?: string;
    /**
     * maximum functions of a batch run in parallel, within the concurrency of the account; a whole
     * number from 1 to 5,000
     * @default 200
     */
    readonly maxParallel?: number;
    /**
     * whether aws.shards or AWS sets the number of shards; provisioned, on_demand
     * @default "provisioned"
     */
    readonly streamMode?: 'provisioned' | 'on_demand';
    /**
     * number of shards of a provisioned stream; a whole number from 1 to 10,000
     * @default 2
     */
    readonly shards?: number;
    /**
     * how long the stream keeps records; whole hours; a duration from 24h to 365d, such as 500ms,
     * 60s, 30m, 12h or 7d
     * @default "72h"
     */
    readonly retention?: string;
    /**
     * how long Lambda gathers records before it calls the consumer; a duration from 0s to 300s,
     * such as 500ms, 60s, 30m, 12h or 7d
     * @default "5s"
     */
    readonly batchWindow?: string;
    /**
     * retries before Lambda gives up a record batch; null: no limit; a whole number from 0 to
     * 10,000
     * @default null
     */
    readonly retryLimit?: number | null;
    /**
     * split a failed record batch in half before a retry; needs a retryLimit; true or false
     * @default true
     */
    readonly bisect?: boolean;
    /** Existing resources to use instead of new ones. */
    readonly existing?: {
      /**
       * existing bucket for uploads; null: create one; a bucket name
       * @default null
       */
      readonly landingBucket?: string | null;
      /**
       * existing bucket for tables, manifests and raw segments; null: create one; a bucket name
       * @default null
       */
      readonly lakeBucket?: string | null;
      /**
       * existing bucket for record batches that Lambda gave up; null: create one; a bucket name
       * @default null
       */
      readonly failuresBucket?: string | null;
      /**
       * existing table for shard logs and starter state; null: create one; a table name
       * @default null
       */
      readonly stateTable?: string | null;
      /**
       * existing stream of order events; null: create one; a stream name or ARN
       * @default null
       */
      readonly stream?: string | null;
      /**
       * KMS key for created resources and for existing encrypted ones; null: use keys of AWS; a key
       * id or ARN, not an alias
       * @default null
       */
      readonly kmsKey?: string | null;
    };
    /** Network of the functions. */
    readonly vpc?: {
      /**
       * VPC that the functions run in; null: none; vpc-…
       * @default null
       */
      readonly id?: string | null;
      /**
       * subnets of the VPC; a list of subnet-…
       * @default []
       */
      readonly subnets?: readonly string[];
      /**
       * security groups of the functions; empty: create one that allows outgoing HTTPS; a list of
       * sg-…
       * @default []
       */
      readonly securityGroups?: readonly string[];
    };
    /**
     * how long logs are kept; 1d, 3d, 5d, 7d, 14d, 30d, 60d, 90d, 120d, 150d, 180d, 365d, 400d,
     * 545d, 731d, 1096d, 1827d, 2192d, 2557d, 2922d, 3288d, 3653d
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
     * how long replaced and deleted objects can be restored; whole days; a duration from 1d to
     * 3650d, such as 500ms, 60s, 30m, 12h or 7d
     * @default "30d"
     */
    readonly keepVersionsFor?: string;
    /**
     * how long reports of comparisons and failed runs are kept; whole days; a duration from 1d to
     * 3650d, such as 500ms, 60s, 30m, 12h or 7d
     * @default "365d"
     */
    readonly keepReportsFor?: string;
  };
  /**
   * Files and events in another form; the first entry that matches is taken. An entry reads up to 8
   * columns beyond one for each field; a list of up to 100 mappings
   * @default []
   */
  readonly input?: readonly {
    /**
     * which files: * is within a folder, ** across; events: those of the stream; events, or a
     * pattern below the landing root that begins with orders/, customers/, products/ or *, such as
     * orders/shop/**
     */
    readonly match: string;
    /**
     * a mapping that Tandem ships; keys beside it replace its own; the name of a preset, amazon,
     * ebay, european-spreadsheet, magento, paypal, postgres-copy, redshift-unload, shopify,
     * snowflake-unload, stripe, superstore, uci-online-retail, woocommerce
     * @default null
     */
    readonly preset?:
      | 'amazon'
      | 'ebay'
      | 'european-spreadsheet'
      | 'magento'
      | 'paypal'
      | 'postgres-copy'
      | 'redshift-unload'
      | 'shopify'
      | 'snowflake-unload'
      | 'stripe'
      | 'superstore'
      | 'uci-online-retail'
      | 'woocommerce'
      | null;
    /**
     * encoding of the text; null: UTF-8; a byte order mark wins; a label of the WHATWG encoding
     * standard, such as windows-1252
     * @default null
     */
    readonly encoding?: string | null;
    /** Form of CSV. */
    readonly dialect?: {
      /**
       * what separates the fields; null: as the header shows; one ASCII character, not a quote
       * @default null
       */
      readonly delimiter?: string | null;
      /**
       * what quotes a field; null: nothing does; one ASCII character
       * @default "\""
       */
      readonly quoteChar?: string | null;
      /**
       * a doubled quote in a quoted field is one quote; true or false
       * @default true
       */
      readonly doubleQuote?: boolean;
      /**
       * the character after it is an ordinary one; null: there is none; one ASCII character
       * @default null
       */
      readonly escapeChar?: string | null;
      /**
       * the first record names the columns; true or false
       * @default true
       */
      readonly header?: boolean;
      /**
       * names of the columns, where the file has no header; null: those of Tandem, in its order; a
       * list of 1 to 10,000 texts
       * @default null
       */
      readonly columns?: readonly string[] | null;
      /**
       * lines above the header; a whole number from 0 to 1,000
       * @default 0
       */
      readonly skipRows?: number;
      /**
       * lines that begin with it are passed over; null: none are; one ASCII character
       * @default null
       */
      readonly commentChar?: string | null;
      /**
       * blanks after a delimiter are no part of a field; true or false
       * @default false
       */
      readonly skipInitialSpace?: boolean;
      /**
       * a record with too few fields ends in missing ones; true or false
       * @default false
       */
      readonly padRows?: boolean;
    };
    /**
     * values that mean nothing; replaces the list of Tandem; a list of up to 100 texts, trimmed
     * @default null
     */
    readonly missingValues?: readonly string[] | null;
    /** Fields by name; one that is left out has the column of its own name. */
    readonly fields?: {
      /** Where a field of an order comes from. */
      readonly order_id?: {
        /**
         * the column, or several; in events a key or a JSON Pointer; without it and without
         * default: the column of the name of the field; a text, or a list of 1 to 32 texts; one
         * with / in front is a JSON Pointer, with ~1 for / and ~0 for ~
         */
        readonly from?: string | readonly string[];
        /**
         * what joins several values; a text of up to 16 characters
         * @default " "
         */
        readonly join?: string;
        /**
         * stands in for a missing value; without from: a constant; a text of 1 to 256 characters
         * @default null
         */
        readonly default?: string | null;
      };
      /** Where a field of an order comes from. */
      readonly customer_id?: {
        /**
         * the column, or several; in events a key or a JSON Pointer; without it and without
         * default: the column of the name of the field; a text, or a list of 1 to 32 texts; one
         * with / in front is a JSON Pointer, with ~1 for / and ~0 for ~
         */
        readonly from?: string | readonly string[];
        /**
         * what joins several values; a text of up to 16 characters
         * @default " "
         */
        readonly join?: string;
        /**
         * stands in for a missing value; without from: a constant; a text of 1 to 256 characters
         * @default null
         */
        readonly default?: string | null;
      };
      /** Where a field of an order comes from. */
      readonly product_id?: {
        /**
         * the column, or several; in events a key or a JSON Pointer; without it and without
         * default: the column of the name of the field; a text, or a list of 1 to 32 texts; one
         * with / in front is a JSON Pointer, with ~1 for / and ~0 for ~
         */
        readonly from?: string | readonly string[];
        /**
         * what joins several values; a text of up to 16 characters
         * @default " "
         */
        readonly join?: string;
        /**
         * stands in for a missing value; without from: a constant; a text of 1 to 256 characters
         * @default null
         */
        readonly default?: string | null;
      };
      /** Where a field of an order comes from. */
      readonly order_timestamp?: {
        /**
         * the column, or several; in events a key or a JSON Pointer; without it and without
         * default: the column of the name of the field; a text, or a list of 1 to 32 texts; one
         * with / in front is a JSON Pointer, with ~1 for / and ~0 for ~
         */
        readonly from?: string | readonly string[];
        /**
         * what joins several values; a text of up to 16 characters
         * @default " "
         */
        readonly join?: string;
        /**
         * stands in for a missing value; without from: a constant; a text of 1 to 256 characters
         * @default null
         */
        readonly default?: string | null;
        /**
         * patterns of a time, tried in order; auto: the own form of Tandem; auto, or a strptime
         * pattern with year, month and day, or a list of 1 to 32 of them; of directives %Y %y %m %b
         * %B %h %d %e %j %H %I %p %M %S %f %z %Z %a %A %s %D %F %R %T %n %t %%
         * @default [ "auto" ]
         */
        readonly format?: string | readonly string[];
        /**
         * zone of times that name none; null: UTC; an IANA time zone, such as Europe/Berlin
         * @default null
         */
        readonly timeZone?: string | null;
      };
      /** Where a field of an order comes from. */
      readonly quantity?: {
        /**
         * the column, or several; in events a key or a JSON Pointer; without it and without
         * default: the column of the name of the field; a text, or a list of 1 to 32 texts; one
         * with / in front is a JSON Pointer, with ~1 for / and ~0 for ~
         */
        readonly from?: string | readonly string[];
        /**
         * what joins several values; a text of up to 16 characters
         * @default " "
         */
        readonly join?: string;
        /**
         * stands in for a missing value; without from: a constant; a text of 1 to 256 characters
         * @default null
         */
        readonly default?: string | null;
        /**
         * decimal character; one ASCII character, no digit or sign
         * @default "."
         */
        readonly decimalChar?: string;
        /**
         * character between groups of three digits; one ASCII character, no digit or sign, or a
         * no-break space or typographic apostrophe
         * @default null
         */
        readonly groupChar?: string | null;
        /**
         * false: currency signs and codes, per cent signs and blanks around a number go; true or
         * false
         * @default true
         */
        readonly bareNumber?: boolean;
      };
      /** Where a field of an order comes from. */
      readonly price?: {
        /**
         * the column, or several; in events a key or a JSON Pointer; without it and without
         * default: the column of the name of the field; a text, or a list of 1 to 32 texts; one
         * with / in front is a JSON Pointer, with ~1 for / and ~0 for ~
         */
        readonly from?: string | readonly string[];
        /**
         * what joins several values; a text of up to 16 characters
         * @default " "
         */
        readonly join?: string;
        /**
         * stands in for a missing value; without from: a constant; a text of 1 to 256 characters
         * @default null
         */
        readonly default?: string | null;
        /**
         * decimal character; one ASCII character, no digit or sign
         * @default "."
         */
        readonly decimalChar?: string;
        /**
         * character between groups of three digits; one ASCII character, no digit or sign, or a
         * no-break space or typographic apostrophe
         * @default null
         */
        readonly groupChar?: string | null;
        /**
         * false: currency signs and codes, per cent signs and blanks around a number go; true or
         * false
         * @default true
         */
        readonly bareNumber?: boolean;
        /**
         * what the price is of; line: it is total_amount, and price is it divided by the quantity;
         * piece, line
         * @default "piece"
         */
        readonly per?: 'piece' | 'line';
      };
      /** Where a field of an order comes from. */
      readonly status?: {
        /**
         * the column, or several; in events a key or a JSON Pointer; without it and without
         * default: the column of the name of the field; a text, or a list of 1 to 32 texts; one
         * with / in front is a JSON Pointer, with ~1 for / and ~0 for ~
         */
        readonly from?: string | readonly string[];
        /**
         * what joins several values; a text of up to 16 characters
         * @default " "
         */
        readonly join?: string;
        /**
         * stands in for a missing value; without from: a constant; a text of 1 to 256 characters
         * @default null
         */
        readonly default?: string | null;
        /**
         * spellings of statuses in this source; they add to rules.statuses; up to 1,000 spellings
         * (lower-case, trimmed, not empty, not null, up to 64 bytes) with one of completed,
         * cancelled, pending, processing
         * @default {}
         */
        readonly values?: Readonly<
          Record<string, 'completed' | 'cancelled' | 'pending' | 'processing'>
        >;
      };
      /** Where a field of an order comes from. */
      readonly currency?: {
        /**
         * the column, or several; in events a key or a JSON Pointer; without it and without
         * default: the column of the name of the field; a text, or a list of 1 to 32 texts; one
         * with / in front is a JSON Pointer, with ~1 for / and ~0 for ~
         */
        readonly from?: string | readonly string[];
        /**
         * what joins several values; a text of up to 16 characters
         * @default " "
         */
        readonly join?: string;
        /**
         * stands in for a missing value; without from: a constant; a text of 1 to 256 characters
         * @default null
         */
        readonly default?: string | null;
        /**
         * the one currency that is added up; a record in another one is quarantined; a code such as
         * EUR
         * @default null
         */
        readonly expect?: string | null;
      };
      /** Where a field of customers or products comes from. */
      readonly customer_name?: {
        /** the column; a text */
        readonly from?: string | readonly string[];
      };
      /** Where a field of customers or products comes from. */
      readonly customer_email?: {
        /** the column; a text */
        readonly from?: string | readonly string[];
      };
      /** Where a field of customers or products comes from. */
      readonly customer_segment?: {
        /** the column; a text */
        readonly from?: string | readonly string[];
      };
      /** Where a field of customers or products comes from. */
      readonly registration_date?: {
        /** the column; a text */
        readonly from?: string | readonly string[];
      };
      /** Where a field of customers or products comes from. */
      readonly product_name?: {
        /** the column; a text */
        readonly from?: string | readonly string[];
      };
      /** Where a field of customers or products comes from. */
      readonly category?: {
        /** the column; a text */
        readonly from?: string | readonly string[];
      };
      /** Where a field of customers or products comes from. */
      readonly brand?: {
        /** the column; a text */
        readonly from?: string | readonly string[];
      };
      /** Where a field of customers or products comes from. */
      readonly list_price?: {
        /** the column; a text */
        readonly from?: string | readonly string[];
      };
    };
    /**
     * Values that a file writes once for several records.
     * @default null
     */
    readonly fillDown?: {
      /**
       * the column whose value says which records belong together; a text of 1 to 256 characters
       */
      readonly by: string;
      /**
       * columns whose missing values are those of the record before; a text, or a list of 1 to 32
       * texts
       */
      readonly fields: string | readonly string[];
    } | null;
  }[];
  /** Rules for records. */
  readonly rules?: {
    /**
     * spellings of each status; added to the defaults, which they override; up to 1,000 spellings
     * (lower-case, trimmed, not empty, not null) with one of completed, cancelled, pending,
     * processing, or null to remove a spelling; at least one must remain
     * @default { "completed": "completed", "cancelled": "cancelled", "pending": "pending",
     * "processing": "processing", "complete": "completed", "done": "completed", "canceled":
     * "cancelled", "cancel": "cancelled", "in_progress": "processing", "in progress": "processing"
     * }
     */
    readonly statuses?: Readonly<
      Record<string, 'completed' | 'cancelled' | 'pending' | 'processing' | null>
    >;
    /**
     * which record of an order id counts in a batch run, by object key, then offset; last suits
     * exports that repeat an order with its newest state; the stream always keeps the first; first,
     * last
     * @default "first"
     */
    readonly keep?: 'first' | 'last';
  };
  /** Parquet files of the tables. */
  readonly parquet?: {
    /**
     * compression of Parquet pages; zstd, snappy, none
     * @default "zstd"
     */
    readonly codec?: 'zstd' | 'snappy' | 'none';
    /**
     * zstd level; higher is smaller and slower; a whole number from 1 to 19
     * @default 1
     */
    readonly zstdLevel?: number;
    /**
     * plain: no dictionary or delta encodings, for readers that lack them; compact, plain
     * @default "compact"
     */
    readonly encoding?: 'compact' | 'plain';
    /**
     * maximum rows per row group; a whole number from 1 to 1,048,576
     * @default 131072
     */
    readonly rowGroupRows?: number;
  };
  /** What `tandem generate` writes. */
  readonly generate?: {
    /**
     * number of products, named p1, p2, …; a whole number from 1 to 1,000,000
     * @default 50
     */
    readonly products?: number;
    /**
     * number of customers, named c1, c2, …; a whole number from 1 to 1,000,000
     * @default 1000
     */
    readonly customers?: number;
    /**
     * first day of event times; a day from 1970-01-01 to 2199-12-31
     * @default "2026-01-01"
     */
    readonly from?: string;
    /**
     * last day of event times, inclusive; a day from 1970-01-01 to 2199-12-31
     * @default "2026-01-31"
     */
    readonly to?: string;
    /**
     * minimum quantity of an order; a whole number from 1 to 100,000
     * @default 1
     */
    readonly quantityMin?: number;
    /**
     * maximum quantity of an order; a whole number from 1 to 100,000
     * @default 10
     */
    readonly quantityMax?: number;
    /**
     * minimum price, in cents; a whole number from 1 to 99,999,999
     * @default 500
     */
    readonly priceMinCents?: number;
    /**
     * maximum price, in cents; a whole number from 1 to 99,999,999
     * @default 50000
     */
    readonly priceMaxCents?: number;
    /**
     * share of orders that are sent twice; a number from 0 to 1
     * @default 0.02
     */
    readonly duplicateRate?: number;
    /**
     * minimum delay of a duplicate; a duration from 1s to 1d, such as 500ms, 60s, 30m, 12h or 7d
     * @default "10s"
     */
    readonly duplicateDelayMin?: string;
    /**
     * maximum delay of a duplicate; a duration from 1s to 1d, such as 500ms, 60s, 30m, 12h or 7d
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
     * share of orders that arrive earlier or later than their event time; a number from 0 to 1
     * @default 0.05
     */
    readonly disorderRate?: number;
    /**
     * maximum time such an order arrives before its event time; a duration from 0s to 1d, such as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "1m"
     */
    readonly disorderEarlyMax?: string;
    /**
     * maximum time such an order arrives after its event time; a duration from 0s to 1d, such as
     * 500ms, 60s, 30m, 12h or 7d
     * @default "60m"
     */
    readonly disorderLateMax?: string;
    /**
     * spellings of the status, each equally likely; a list of 1 to 256 ASCII texts of up to 32
     * characters, without comma or quote
     * @default [ "completed", "COMPLETED", "Complete", "done", "pending", "Pending", "PENDING",
     * "processing", "in_progress", "In Progress", "cancelled", "Canceled", "CANCELLED" ]
     */
    readonly statuses?: readonly string[];
  };
}
