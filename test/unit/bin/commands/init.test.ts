import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf } from '../../../../bin/options/config-file.ts';
import { runCliHere } from '../../../support/run-cli.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-init-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

let count = 0;

/** A file of that content and a config that is not there yet. */
function given(content: string | Uint8Array, name = 'export.csv') {
  const file = join(dir, `${++count}`, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  const out = join(dirname(file), 'config', 'tandem.yaml');
  return { file, out, args: ['init', '--from', file, '--out', out] };
}

const read = (file: string) => readFileSync(file, 'utf8');

/** The entries of a config as the program reads them. */
async function entriesOf(file: string) {
  return (await configOf(read(file), file)).input;
}

const ERP =
  'Bestellnummer;Position;Kunde;Artikel;Datum;Uhrzeit;Menge;Einzelpreis;Status\r\n' +
  'A1;1;K1;P1;15.01.2026;09:05;1;1.234,50;Bezahlt\r\n' +
  'A1;2;;P1;15.01.2026;09:05;2;9,99;Bezahlt\r\n' +
  'A2;1;;Stück;03.01.2026;10:00;1;9,99;Halb fertig\r\n';

describe('init', () => {
  it('writes a config with a comment for each guess', async () => {
    const { file, out, args } = given(Buffer.from(ERP, 'latin1'));

    const { exitCode, out: text, err } = await runCliHere(args);

    expect([exitCode, err]).toEqual([0, '']);
    expect(read(out)).toMatchInlineSnapshot(`
      "input:
        # What files of orders look like; made by tandem init, docs/contract.md 1.3.
        # 3 records in export.csv
        - match: orders/**
          encoding: windows-1252 # check: a guess, as the text is not UTF-8
          fields:
            order_id: {from: [Bestellnummer, Position], join: "-"} # a record is a line: orders come again in 1 record
            customer_id: {from: Kunde, default: guest} # check: blank in 1 record
            product_id: {from: Artikel}
            order_timestamp: {from: [Datum, Uhrzeit], format: "%d.%m.%Y %H:%M", timeZone: UTC} # check: times name no zone, read as UTC
            quantity: {from: Menge}
            price: {from: Einzelpreis, decimalChar: ",", groupChar: "."}
            status:
              from: Status
              values:
                bezahlt: completed # 2 records
                # halb fertig: … # 1 record: completed, cancelled, pending or processing?
      "
    `);
    expect(text.replaceAll(dirname(file), '.')).toMatchInlineSnapshot(`
      "1 file, 3 records, orders/**

      what             found                                                           how sure
      ────             ─────                                                           ────────
      file             CSV                                                             sure
      encoding         windows-1252                                                    guess: check it
      dialect          delimiter ";", 9 columns                                        sure
      order_id         Bestellnummer, with Position, as orders come again in 1 record  likely
      customer_id      Kunde, guest where it is blank (1 record)                       likely
      product_id       Artikel                                                         sure
      order_timestamp  Datum, %d.%m.%Y %H:%M; zone UTC                                 likely
      quantity         Menge                                                           sure
      price            Einzelpreis, as 1.234,50                                        sure
      status           Status, unknown in 1 record: halb fertig                        guess: check it

      about 1 record would be quarantined as it is now

      written to ./config/tandem.yaml
      next: npx tandem check --config ./config/tandem.yaml, then npx tandem batch --config ./config/tandem.yaml
      "
    `);
    const [{ fields, encoding }] = await entriesOf(out);
    expect(encoding).toBe('windows-1252');
    expect(fields.order_id).toMatchObject({ from: ['Bestellnummer', 'Position'], join: '-' });
    expect(fields.status?.values).toEqual({ bezahlt: 'completed' });
  });

  it('changes nothing when it runs again', async () => {
    const { out, args } = given(Buffer.from(ERP, 'latin1'));
    await runCliHere(args);
    const before = read(out);

    const { exitCode, out: text } = await runCliHere(args);

    expect(exitCode).toBe(0);
    expect(text).toContain('nothing changed');
    expect(read(out)).toBe(before);
  });

  it('shows another input, replaces it with --force only, and keeps other keys', async () => {
    const { out, args } = given('Order,customer_id,SKU,Created at,Qty,Price,State\n');
    mkdirSync(dirname(out));
    const before = '# mine\nrules: {keep: last}\ninput: [{match: events}]\n';
    writeFileSync(out, before);

    const refused = await runCliHere(args);
    const kept = read(out);
    const forced = await runCliHere([...args, '--force']);

    expect([refused.exitCode, kept]).toEqual([1, before]);
    expect(refused.out).toContain('- input: [{match: events}]\n+ input:\n');
    expect(forced.exitCode).toBe(0);
    expect(read(out)).toContain('# mine\nrules: {keep: last}\ninput:\n');
  });

  it('needs no mapping for files of the own form', async () => {
    const { out, args } = given(
      'order_id,customer_id,product_id,order_timestamp,quantity,price,status\n' +
        'o1,c1,p1,2026-01-15T10:00:00,1,9.99,done\n',
    );

    const { exitCode, out: json } = await runCliHere([...args, '--json']);

    expect(exitCode).toBe(0);
    expect(JSON.parse(json)).toMatchObject({
      ...{ file: out, written: 'written' },
      questions: [{ what: 'time_zone' }],
    });
    expect(await entriesOf(out)).toEqual([]);
  });

  it('names the column wherever an entry says more: a default alone would be a constant', async () => {
    const { out, args } = given(
      'order_id,customer_id,product_id,order_timestamp,quantity,price,status\n' +
        'o1,c1,p1,2026-01-15T10:00:00Z,1,"9,99",done\n' +
        'o2,,p1,2026-01-15T10:00:00Z,1,"9,99",lent\n',
    );

    await runCliHere(args);

    const [{ fields }] = await entriesOf(out);
    const named = Object.entries(fields).flatMap(([field, mapping]) =>
      mapping === undefined ? [] : [[field, mapping.from, mapping.default]],
    );
    expect(named).toEqual([
      ['customer_id', ['customer_id'], 'guest'],
      ['price', ['price'], null],
      ['status', ['status'], null],
    ]);
  });

  it('names the fields that no column has, and exits with 1', async () => {
    const { out, args } = given('Order,Date,Qty\n1,2026-01-15,2\n');

    const { exitCode, out: json } = await runCliHere([...args, '--json']);

    expect(exitCode).toBe(1);
    expect(JSON.parse(json).questions[0]).toEqual({
      what: 'price',
      text: 'which column is price?',
    });
    expect(read(out)).toContain('# price: {from: …} # no column was found; name one of: Order');
    const [{ fields }] = await entriesOf(out);
    expect(fields.status?.default).toBe('completed');
  });

  it('reads NDJSON, gzip, and fields below others', async () => {
    const lines = [1, 2].map((id) =>
      JSON.stringify({
        ...{ order: { number: id }, customer: { id: 'c' }, sku: 'p', quantity: 1, price: 1.5 },
        ...{ created_at: '2026-01-15 10:00:00', status: 'paid' },
      }),
    );
    const { out, args } = given(gzipSync(lines.join('\n')), 'events.json.gz');

    expect((await runCliHere([...args, '--time-zone', 'Europe/Berlin'])).exitCode).toBe(0);

    const [{ fields }] = await entriesOf(out);
    expect(fields.order_id?.from).toEqual(['/order/number']);
    expect(fields.customer_id?.from).toEqual(['/customer/id']);
    expect(fields.order_timestamp?.timeZone).toBe('Europe/Berlin');
  });

  it('has an entry for each form of file', async () => {
    const first = given('Order,SKU,Date,Price\n1,a,2026-01-15,2\n', 'a.csv');
    const second = given('Order No|SKU|Date|Price\n1|a|2026-01-15|2\n', 'b.csv');

    await runCliHere([...first.args, '--from', second.file]);

    const entries = await entriesOf(first.out);
    expect(entries.map(({ match }) => match)).toEqual(['orders/a.csv', 'orders/b.csv']);
  });
});

describe('dates that nobody can tell apart', () => {
  const AMBIGUOUS = 'Order,SKU,Date,Price\n1,a,01/02/2026,2\n2,a,03/04/2026,2\n';

  it('fail without a terminal, and name the flag', async () => {
    const { args } = given(AMBIGUOUS);

    const { exitCode, err } = await runCliHere(args);

    expect(exitCode).toBe(2);
    expect(err).toContain('say --date-order dmy or --date-order mdy (date_order_unknown)');
  });

  it.each(['dmy', 'mdy'])('are read as %s by flag, or by an answer', async (order) => {
    const { out, args } = given(AMBIGUOUS);
    const [flag, asked] = [given(AMBIGUOUS), { out, args }];

    await runCliHere([...flag.args, '--date-order', order]);
    const { err } = await runCliHere([...asked.args, '--time-zone', 'UTC'], undefined, order);

    expect(err).toContain('Is 01/02/2026 day first (dmy) or month first (mdy)?');
    const format = order === 'dmy' ? '%d/%m/%Y' : '%m/%d/%Y';
    for (const file of [flag.out, asked.out]) {
      const [{ fields }] = await entriesOf(file);
      expect(fields.order_timestamp?.format).toEqual([format]);
    }
  });
});

it.each([
  [['init'], 2, 'option_missing'],
  [['init', '--from', 'nowhere.csv'], 1, 'file_not_found'],
  [['init', '--from', 'x', '--time-zone', 'Mars'], 2, 'usage'],
])('%j fails', async (args, exitCode, code) => {
  const result = await runCliHere(args);
  expect(result.exitCode).toBe(exitCode);
  expect(result.err).toContain(`(${code})`);
});

it('empty files are rejected', async () => {
  const { exitCode, err } = await runCliHere(given('\n').args);
  expect([exitCode, err.includes('it holds no record (file_rejected)')]).toEqual([1, true]);
});
