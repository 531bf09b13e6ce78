import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import { contentOf, EpochLake, publishMemory } from '../support/epoch-lake.ts';
import { hookedStore } from '../support/hooked-store.ts';
import { readStreamTables } from '../support/lake-tables.ts';
import {
  type DraftEpoch,
  draftEpochs,
  EpochLog,
  type LoggedRecord,
} from '../support/messy-epochs.ts';
import { CUSTOMERS, PRODUCTS, readDimension } from '../support/oracle/dimension.ts';
import { streamTables } from '../support/oracle/epochs.ts';
import { decimalText } from '../support/oracle/text.ts';
import { runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

/** Several chunks of a shard in an epoch. */
const ROW_GROUP_ROWS = 7;
const memory = publishMemory(ROW_GROUP_ROWS);

const dimensionFiles = {
  customers: Buffer.from(
    'customer_id,customer_name,customer_email,customer_segment,registration_date\n' +
      'c1,Ada,a@b.example,gold,2020-02-29\nc2,"B, Bob",,,\n日本,x,y,z,1999-12-31\n',
  ),
  products: gzipSync(
    'product_id,product_name,category,brand,list_price\n' +
      'p1,Tea,Drink,Alder,12.5\np3,Cup,,Birch,\n"a,b",Odd,Things,,0.01\n',
  ),
};

const dimensions = {
  customers: readDimension(CUSTOMERS, [['customers/c.csv', dimensionFiles.customers]]),
  products: readDimension(PRODUCTS, [['products/p.csv.gz', dimensionFiles.products]]),
};

function newLake(): EpochLake {
  return new EpochLake({ rowGroupRows: ROW_GROUP_ROWS, dimensions: dimensionFiles, memory });
}

function oracleRecords(logged: readonly LoggedRecord[]) {
  return logged.map(({ record, source, issues, values, order }) => {
    return { ...record, source, issues, values, order };
  });
}

function countsOf(logged: readonly LoggedRecord[]): StreamManifest['counts'] {
  const of = (outcome: string) => logged.filter(({ record }) => record.outcome === outcome).length;
  return {
    read: logged.length,
    active: of('active'),
    cancelled: of('cancelled'),
    quarantined: of('quarantined'),
    duplicate: of('duplicate'),
    late: of('late'),
  };
}

it('publishes the rows of all logs, each once, and the sums over them, in any cuts', async () => {
  const met: LoggedRecord[] = [];
  await fc.assert(
    fc.asyncProperty(draftEpochs, async (drafts) => {
      const epochs = newLake();
      const log = new EpochLog(epochs);
      for (const [index, draft] of drafts.entries()) {
        const watermarkMs = await log.append(draft);
        const manifest = await epochs.publishNext(watermarkMs);

        const records = oracleRecords(log.logged);
        expect(await readStreamTables(epochs.lake, manifest)).toEqual(
          streamTables(records, dimensions, watermarkMs),
        );
        const ofEpoch = log.logged.filter(({ epoch }) => epoch === index + 1);
        expect(manifest.counts).toEqual(countsOf(log.logged));
        expect(manifest.epoch_counts).toEqual(countsOf(ofEpoch));
        const active = log.logged.filter(({ record }) => record.outcome === 'active');
        const cents = active.reduce((sum, { order }) => sum + (order?.totalCents ?? 0n), 0n);
        expect(manifest.revenue).toBe(decimalText(cents));
        const issues = log.logged.flatMap((record) => record.issues);
        for (const code of new Set(issues)) {
          expect(manifest.issues[code]).toBe(issues.filter((other) => other === code).length);
        }
      }
      met.push(...log.logged);
    }),
    { seed, ...runs(25) },
  );
  for (const count of Object.values(countsOf(met))) expect(count).toBeGreaterThan(20);
});

/** Publishes drafts in a lake of their own. `publish` may be interrupted. */
async function publishAll(
  drafts: readonly DraftEpoch[],
  publish: (epochs: EpochLake, plan: Awaited<ReturnType<EpochLake['plan']>>) => Promise<void>,
): Promise<Record<string, string>> {
  const epochs = newLake();
  const log = new EpochLog(epochs);
  for (const draft of drafts) {
    await publish(epochs, await epochs.plan(await log.append(draft)));
  }
  return await contentOf(epochs.lake);
}

class Interruption extends Error {}

it('gives the same bytes when it is repeated, or stopped at any write and begun again', async () => {
  let interruptions = 0;
  await fc.assert(
    fc.asyncProperty(draftEpochs, fc.array(fc.nat(12), { maxLength: 8 }), async (drafts, stops) => {
      const once = await publishAll(drafts, async (epochs, plan) => {
        await epochs.publish(plan);
      });
      const remaining = [...stops];
      const halfDone = await publishAll(drafts, async (epochs, plan) => {
        for (let stop = remaining.pop(); stop !== undefined; stop = remaining.pop()) {
          let writes = 0;
          const store = hookedStore(epochs.lake, (operation) => {
            if (operation !== 'put' && operation !== 'commit') return;
            if (writes++ === stop) throw new Interruption();
          });
          try {
            await epochs.publish(plan, store);
            break;
          } catch (error) {
            if (!(error instanceof Interruption)) throw error;
            interruptions += 1;
          }
        }
        const first = await epochs.publish(plan);
        expect(await epochs.publish(plan)).toEqual(first);
      });

      expect(halfDone).toEqual(once);
    }),
    { seed, ...runs(8) },
  );
  expect(interruptions).toBeGreaterThan(5);
});
