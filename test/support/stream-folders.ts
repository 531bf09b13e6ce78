import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCliHere } from './run-cli.ts';

/** Folders for commands of the stream, and a few orders to send. */

export const ORDERS_HEADER =
  'order_id,customer_id,product_id,order_timestamp,quantity,price,status\n';
const ORDERS = `${ORDERS_HEADER}o1,c1,p1,2026-01-01 10:00:00,2,9.99,completed
o2,c2,p2,2026-01-01 11:00:00,1,100.00,done
o3,c1,p1,2026-01-01 11:00:00,1,9.99,cancelled
o2,c2,p2,2026-01-01 11:00:30,1,100.00,done
,c1,p1,2026-01-01 10:00:00,-1,9.99,completed
`;
/** Its arrival caps the watermark, so its window lies ahead of all others. */
const AHEAD = `${ORDERS_HEADER}far,c1,p1,2190-01-01 10:00:00,1,5.00,completed\n`;

/** Flags of a world of its own. */
export interface WorldFlags {
  readonly stream: readonly string[];
  readonly lake: readonly string[];
  /** Stream and lake. */
  readonly sight: readonly string[];
  /** Stream, landing and lake. */
  readonly all: readonly string[];
}

/** A temporary folder with orders (`a.csv`), one order far ahead (`ahead.csv`), and a landing. */
export class StreamFolders {
  readonly dir = mkdtempSync(join(tmpdir(), 'tandem-stream-'));

  constructor() {
    mkdirSync(join(this.dir, 'landing', 'products'), { recursive: true });
    const products =
      'product_id,product_name,category,brand,list_price\np1,Kettle,Kitchen,Alder,10\n';
    this.write('landing/products/p.csv', products);
    this.write('a.csv', ORDERS);
    this.write('ahead.csv', AHEAD);
  }

  pathOf(name: string): string {
    return join(this.dir, name);
  }

  /** Returns its path. */
  write(name: string, text: string): string {
    writeFileSync(this.pathOf(name), text);
    return this.pathOf(name);
  }

  world(name: string): WorldFlags {
    const stream = ['--stream', this.pathOf(`${name}/stream`)];
    const lake = ['--lake', this.pathOf(`${name}/lake`)];
    const landing = ['--landing', this.pathOf('landing')];
    return { stream, lake, sight: [...stream, ...lake], all: [...stream, ...landing, ...lake] };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true });
  }
}

export const run = (...args: string[]) => runCliHere(args);

export async function json(...args: string[]) {
  const { exitCode, err, out } = await runCliHere([...args, '--json']);
  return { exitCode, err, result: JSON.parse(out) };
}
