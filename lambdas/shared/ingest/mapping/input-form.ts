import type { Config } from '../../model/config.ts';
import { DEFAULT_DIALECT, type Dialect } from '../../model/config-dialect.ts';
import type { InputMapping } from '../../model/config-input.ts';
import { type DimensionDefinition, dimensionFields } from '../../model/dimension.ts';
import { keyPattern } from '../../model/key-pattern.ts';
import { FIELD_COUNT, ORDER_FIELDS } from '../../model/order.ts';
import type { CsvLayout } from '../csv-layout.ts';
import { dialectFormat } from '../dialect/dialect-format.ts';
import { ORDER_COLUMNS, type WantedColumns } from '../header-columns.ts';
import { linesFormat, ndjsonFormat } from '../ndjson.ts';
import type { PresenceCheck } from '../present-value.ts';
import { EMPTY_IS_MISSING, USUAL_MISSING } from '../present-value.ts';
import type { RecordFormat } from '../record-reader.ts';
import { currencyBytes, ownRules, type RecordRules } from '../record-rules.ts';
import { type FieldPlan, planFields } from './field-plan.ts';
import { type EventPaths, scanMappedEvent } from './mapped-events.ts';
import { MappedValues } from './mapped-values.ts';
import { presenceCheck } from './missing-values.ts';

/** How the files of one mapping, or of none, are read. */
export interface InputForm {
  readonly wanted: WantedColumns;
  readonly dialect: Dialect;
  /** Null: UTF-8, unless a byte order mark says otherwise. */
  readonly encoding: string | null;
  /** True where a file can only be read from its first byte on. */
  readonly isWhole: boolean;
  readonly rules: RecordRules;
  /** Null: Tandem's own form. */
  readonly mapping: InputMapping | null;
}

/** How the records of a file are found: by its layout, or as events where that is null. */
export function recordFormat(
  { dialect, rules }: Pick<InputForm, 'dialect'> & Partial<Pick<InputForm, 'rules'>>,
  layout: CsvLayout | null,
): RecordFormat {
  const eventPaths = rules?.eventPaths ?? null;
  if (layout !== null) return dialectFormat(layout, dialect);
  if (eventPaths === null) return ndjsonFormat;
  return linesFormat((batch, start, end) => scanMappedEvent(batch, { start, end }, eventPaths));
}

/** The forms of a config's inputs, by the keys of objects (contract §1.3). */
export class InputForms {
  readonly #own: InputForm;
  readonly #mapped: readonly {
    readonly matches: (key: string) => boolean;
    readonly form: InputForm;
  }[];
  /** Of the records of the stream. */
  readonly events: InputForm;

  constructor({ input, rules }: Pick<Config, 'input' | 'rules'>) {
    const own = ownRules(rules.statuses);
    this.#own = ownForm(own);
    const formOf = (mapping: InputMapping) => mappedForm(mapping, own);
    this.#mapped = input
      .filter(({ match }) => match !== 'events')
      .map((mapping) => ({ matches: keyPattern(mapping.match), form: formOf(mapping) }));
    const events = input.find(({ match }) => match === 'events');
    this.events = events === undefined ? this.#own : formOf(events);
  }

  /** The form of an orders file: that of the first mapping that matches. */
  of(key: string): InputForm {
    return this.#mapped.find(({ matches }) => matches(key))?.form ?? this.#own;
  }
}

function ownForm(rules: RecordRules): InputForm {
  return {
    wanted: ORDER_COLUMNS,
    dialect: DEFAULT_DIALECT,
    encoding: null,
    isWhole: false,
    rules,
    mapping: null,
  };
}

function mappedForm(mapping: InputMapping, { statuses }: RecordRules): InputForm {
  const plan = planFields(mapping);
  const { dialect, encoding, fields, fillDown } = mapping;
  const { currency, price } = fields;
  const expected = currency?.expect ?? null;
  return {
    wanted: wantedOf(plan),
    dialect,
    encoding,
    isWhole: encoding !== null || fillDown !== null,
    mapping,
    rules: {
      statuses,
      pricePer: price?.per ?? 'piece',
      currency:
        expected === null || plan.currency === null
          ? null
          : { slot: plan.currency.slot, expected: currencyBytes(expected) },
      missing: mapping.missingValues === null ? USUAL_MISSING : EMPTY_IS_MISSING,
      eventPaths: eventPathsOf(plan),
      mappedValues: () => MappedValues.of(mapping, plan),
    },
  };
}

function wantedOf({ names }: FieldPlan): WantedColumns {
  return { fields: names, required: names.filter((name) => name !== null) };
}

/** Null where an event has the own keys, and no further ones are read: those are found faster. */
function eventPathsOf({ names }: FieldPlan): EventPaths | null {
  const isOwn =
    names.length === FIELD_COUNT && names.every((name, slot) => name === ORDER_FIELDS[slot]);
  return isOwn ? null : names.map((name) => (name === null ? null : pathOf(name)));
}

/** The keys that lead to a value: a name is one, a JSON Pointer (RFC 6901) is several. */
function pathOf(name: string): string[] {
  if (!name.startsWith('/')) return [name];
  const tokens = name.slice(1).split('/');
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** How a file of a dimension is read. */
export interface DimensionForm extends Pick<InputForm, 'wanted' | 'dialect' | 'encoding'> {
  /** Where its values are, if it is NDJSON. */
  readonly eventPaths: readonly (readonly string[])[];
  /** What tells values that are missing; null: the usual ones are. */
  readonly missing: PresenceCheck | null;
}

/** The form of a dimension's file: its columns may have other names (contract §1.3). */
export function dimensionForm(
  key: string,
  definition: DimensionDefinition,
  { input }: Pick<Config, 'input'>,
): DimensionForm {
  const mapping = input.find(({ match }) => match !== 'events' && keyPattern(match)(key));
  return formOfDimension(definition, mapping);
}

/** Every form that a file of the dimension may have, the own one first. */
export function dimensionForms(
  definition: DimensionDefinition,
  { input }: Pick<Config, 'input'>,
): DimensionForm[] {
  const mappings = input.filter(
    ({ match }) => match.startsWith('*') || match.startsWith(`${definition.name}/`),
  );
  return [undefined, ...mappings].map((mapping) => formOfDimension(definition, mapping));
}

function formOfDimension(
  definition: DimensionDefinition,
  mapping: InputMapping | undefined,
): DimensionForm {
  const own = dimensionFields(definition);
  const words = mapping?.missingValues ?? null;
  const nameOf = (field: string) => mapping?.fields[field]?.from?.[0] ?? field;
  const fields = own.fields.map(nameOf);
  return {
    wanted: { fields, required: own.required.map(nameOf) },
    dialect: mapping?.dialect ?? DEFAULT_DIALECT,
    encoding: mapping?.encoding ?? null,
    eventPaths: fields.map(pathOf),
    missing: words === null ? null : presenceCheck(words),
  };
}
