import { beforeEach, describe, expect, it } from 'vitest';
import { PreconditionFailedError, TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import { readEpochHead, readPlan } from '../../../../lambdas/shared/state/epoch-head.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../../../lambdas/shared/state/stream-manifest.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { publishEpoch } from '../../../../lambdas/stream/publish/publish-epoch.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { type Hook, hookedStore } from '../../../support/hooked-store.ts';
import { failureOf } from '../../../support/small-landing.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';
const PRODUCTS = 'products/p.csv';
const HEADER = 'product_id,product_name,category,brand,list_price';

let world: StreamWorld;
let context: StreamContext;
let orders: number;

beforeEach(async () => {
  world = createStreamWorld();
  context = await world.open();
  orders = 0;
});

async function putProducts(text: string): Promise<string> {
  const { etag } = await world.landing.put(PRODUCTS, Buffer.from(text));
  return etag;
}

const goodProducts = (name: string) => putProducts(`${HEADER}\np1,${name},c,b,1.00\n`);

/** One order more in the log. */
async function consumeOne(): Promise<void> {
  orders += 1;
  const orderId = `o${orders}`;
  await world.stream.put([{ partitionKey: orderId, data: anEvent({ order_id: orderId }) }]);
  const { records } = await world.stream.read(SHARD, { kind: 'start' }, 100);
  await new OrderConsumer(context).consume(SHARD, records);
}

async function publish(
  own: StreamContext = context,
  options: { readonly isReplan?: boolean } = {},
): Promise<StreamManifest> {
  const result = await publishEpoch(own, new InlineEpochWriter(own), options);
  if (result.status !== 'published') throw new Error(`not published: ${result.status}`);
  return result.manifest;
}

async function publishOne(own: StreamContext = context): Promise<StreamManifest> {
  await consumeOne();
  return await publish(own);
}

const filesOf = ({ dimensions }: StreamManifest) => dimensions.products.files;

/** The context, with something in the way of landing. */
function hooked(hook: Hook): StreamContext {
  return { ...context, landing: hookedStore(world.landing, hook) };
}

/** A plan of an order whose epoch nobody wrote: its process was killed. */
async function planAndDie(own: StreamContext = context): Promise<void> {
  await consumeOne();
  const writer = new InlineEpochWriter(own);
  const killed = {
    dimensions: writer.dimensions,
    write: () => Promise.reject(new Error('killed')),
  };
  await expect(publishEpoch(own, killed)).rejects.toThrow('killed');
}

async function plannedCopy(): Promise<string> {
  const { plannedPlan } = await readEpochHead(context);
  const { dimensions } = await readPlan(context, plannedPlan ?? '');
  return dimensions.products[0].copyKey;
}

describe('a dimension file that is bad', () => {
  it.each([
    ['empty', '', `${PRODUCTS} cannot be read as a dimension: empty`],
    ['of one semicolon', ';', `${PRODUCTS} cannot be read as a dimension: `],
    ['without a key column', 'name,category\na,b\n', `${PRODUCTS} cannot be read as a dimension: `],
  ])('does not stop the stream when it is %s: the copies before are kept', async (_, text, why) => {
    const etag = await goodProducts('old');
    const before = await publishOne();
    await putProducts(text);

    const during = await publishOne();

    expect(before.warnings).toEqual([]);
    expect(filesOf(during)).toEqual([{ key: PRODUCTS, etag }]);
    const [warning, ...others] = during.warnings;
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ code: 'dimension_kept_before', count: 1, example: PRODUCTS });
    expect(warning.hint).toContain(why);
    expect(warning.hint).toContain('joined with the files of the previous one');
  });

  it('is taken again once it is mended, with nothing else done', async () => {
    await goodProducts('old');
    await publishOne();
    await putProducts('');
    await publishOne();
    const etag = await goodProducts('new');

    const after = await publishOne();

    expect(filesOf(after)).toEqual([{ key: PRODUCTS, etag }]);
    expect(after.warnings).toEqual([]);
  });

  it('leaves every lookup to miss while no epoch had a good one', async () => {
    await putProducts(';');

    const first = await publishOne();

    expect(filesOf(first)).toEqual([]);
    expect(first.warnings[0].hint).toContain('every lookup misses');
  });

  it('keeps the other dimension up to date', async () => {
    await goodProducts('old');
    await publishOne();
    await putProducts('');
    const customers =
      'customer_id,customer_name,customer_email,customer_segment,registration_date\n';
    await world.landing.put('customers/c.csv', Buffer.from(customers));

    const { dimensions } = await publishOne();

    expect(dimensions.customers.files.map(({ key }) => key)).toEqual(['customers/c.csv']);
    expect(dimensions.products.files.map(({ key }) => key)).toEqual([PRODUCTS]);
  });

  it('is read once as long as nobody changes it', async () => {
    await putProducts('');
    const reads: string[] = [];
    const own = hooked((operation, key) => void (operation === 'stream' && reads.push(key)));
    const writer = new InlineEpochWriter(own);
    for (let epoch = 1; epoch <= 3; epoch++) {
      await consumeOne();
      await publishEpoch(own, writer);
    }

    expect(reads).toEqual([PRODUCTS]);
  });

  it('is kept before when it is too large for the memory', async () => {
    await goodProducts('old');
    await publishOne();
    const row = (_: unknown, i: number) => `p${i},${'x'.repeat(1_000)}${i},c,b,1`;
    await putProducts(`${HEADER}\n${Array.from({ length: 2_000 }, row).join('\n')}\n`);
    const { batch } = context.config;
    const small = { ...batch, memoryLimitBytes: 1_000_000 };

    const during = await publishOne({ ...context, config: { ...context.config, batch: small } });

    expect(during.warnings[0].hint).toContain('raise batch.memoryLimitBytes');
  });

  it('is kept before when it cannot be opened, or landing cannot be listed', async () => {
    const etag = await goodProducts('old');
    await publishOne();
    await goodProducts('new');
    for (const refused of ['stream', 'list'] as const) {
      const own = hooked((operation, key) => {
        if (operation !== refused || !key.startsWith('products/')) return;
        throw new TerminalError('storage_error', `${key}: permission denied (EACCES)`);
      });

      const during = await publishOne(own);

      expect(filesOf(during)).toEqual([{ key: PRODUCTS, etag }]);
      expect(during.warnings[0].hint).toContain('permission denied (EACCES)');
    }
  });

  it('is kept before when it changes whenever it is read', async () => {
    const etag = await goodProducts('old');
    await publishOne();
    await goodProducts('new');
    const own = hooked((operation, key) => {
      if (operation === 'stream') throw new PreconditionFailedError(key, 'if-match');
    });

    const during = await publishOne(own);

    expect(filesOf(during)).toEqual([{ key: PRODUCTS, etag }]);
    expect(during.warnings[0].hint).toContain('changed 5 times while it was read');
  });
});

describe('a planned epoch that cannot be written', () => {
  it('has its damaged copy made again while landing has the file', async () => {
    await goodProducts('tea');
    await planAndDie();
    const copyKey = await plannedCopy();
    await world.lake.put(copyKey, Buffer.from(`${HEADER}\np1,lie,c,b,1.00\n`));

    const { epoch } = await publish();

    expect(epoch).toBe(1);
    const copy = Buffer.from(await world.lake.get(copyKey)).toString();
    expect(copy).toBe(`${HEADER}\np1,tea,c,b,1.00\n`);
  });

  it('is planned anew when its copy is gone and landing has another file', async () => {
    await goodProducts('old');
    await planAndDie();
    await world.lake.delete([await plannedCopy()]);
    const etag = await goodProducts('new');

    const manifest = await publish();

    expect(manifest.epoch).toBe(2);
    expect(filesOf(manifest)).toEqual([{ key: PRODUCTS, etag }]);
  });

  it('is planned anew when a bad copy was planned by code that did not read it', async () => {
    await putProducts(';');
    await planAndDie();
    const { plannedPlan } = await readEpochHead(context);
    const plan = await readPlan(context, plannedPlan ?? '');
    const sha256 = '41b805ea7ac014e23556e98bb374702a08344268f92489a02f0880849394a1e4';
    const copyKey = context.lakeKeys.dimension(sha256);
    await world.lake.put(copyKey, Buffer.from(';'));
    const products = [{ key: PRODUCTS, etag: 'e', sizeBytes: 1, copyKey }];
    const bad = { ...plan, dimensions: { customers: [], products } };
    await world.lake.put(plannedPlan ?? '', Buffer.from(JSON.stringify(bad)));

    const manifest = await publish();

    expect(manifest.epoch).toBe(2);
    expect(filesOf(manifest)).toEqual([]);
  });

  it('fails when copy and landing file are both bad, and goes on once one is mended', async () => {
    await goodProducts('old');
    await publishOne();
    await planAndDie();
    const copyKey = await plannedCopy();
    await world.lake.put(copyKey, Buffer.from('flipped'));
    await putProducts('');

    const failure = await failureOf(() => publish());

    expect(failure).toMatchObject({ code: 'dimension_copy_damaged' });
    expect(String(failure)).toContain(`put a readable ${PRODUCTS} into landing`);
    await goodProducts('new');
    expect((await publish()).warnings).toEqual([]);
  });

  it('is planned anew when its plan or the result of a shard cannot be read', async () => {
    await planAndDie();
    const { plannedPlan } = await readEpochHead(context);
    await world.lake.put(plannedPlan ?? '', Buffer.from('{"epoch'));
    expect((await publish()).epoch).toBe(2);

    await planAndDie();
    await world.lake.put(context.lakeKeys.result(3, SHARD), Buffer.from('{'));
    const again = await publishEpoch(context, new InlineEpochWriter(context));

    expect(again.status).toBe('superseded');
    expect((await publish()).epoch).toBe(4);
  });

  it('is planned anew with whatever is wrong when somebody asks for it', async () => {
    await planAndDie();
    const failing = new InlineEpochWriter(context);
    const write = failing.write.bind(failing);
    failing.write = async (plan) => {
      if (plan.epoch === 1) throw new TerminalError('not_conserved', 'records were lost');
      return await write(plan);
    };

    await expect(publishEpoch(context, failing)).rejects.toThrow('records were lost');
    const result = await publishEpoch(context, failing, { isReplan: true });

    expect(result.status === 'published' && result.plan.epoch).toBe(2);
  });
});
