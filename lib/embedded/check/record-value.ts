import { ORDER_FIELDS, type OrderField } from '../../../lambdas/shared/model/order.ts';
import type { FileForm } from './file-form.ts';
import { type FieldSpan, jsonValueSpan, splitFields } from './record-fields.ts';
import { columnLike, type SuggestionContext, sourceOf } from './suggestion.ts';
import type { QuarantinedRecord } from './survey-quarantine.ts';

/** Characters `[start, end)` of the text of a record. */
export type Span = Pick<FieldSpan, 'start' | 'end'>;

/** The field that an issue code names; null for codes that name none. */
export function fieldOf(code: string): string | null {
  if (code.startsWith('currency_')) return 'currency';
  return ORDER_FIELDS.find((field) => code.startsWith(`${field}_`)) ?? null;
}

/** What is known of a file, for suggestions. */
export function contextOf(form: FileForm | null, isWholeFile: boolean): SuggestionContext {
  const { columns = [], rules = null, mapping = null } = form ?? {};
  return { columns, rules, mapping, isWholeFile };
}

/**
 * Where the value of a field stands in the text of its record. Null where it is of several columns
 * or of none, or the text was cut before it.
 */
export function valueSpan(raw: string, field: string, form: FileForm | null): Span | null {
  if (form === null) return null;
  const source = sourceOf(field, contextOf(form, false));
  if (typeof source !== 'string') return null;
  if (form.rules === null) {
    return (
      jsonValueSpan(raw, source) ?? jsonValueSpan(raw, source.slice(source.lastIndexOf('/') + 1))
    );
  }
  const name = columnLike(source, form.columns);
  const found = name === null ? undefined : splitFields(raw, form.rules).fields;
  const span = found?.[form.columns.indexOf(name ?? '')];
  return span === undefined ? null : { start: span.start, end: span.end };
}

/** The value of a field as it was read; null if it is missing, or not known. */
export function valueIn(
  { raw, values }: QuarantinedRecord,
  field: string,
  form: FileForm | null,
): string | null {
  if (Object.hasOwn(values, field)) return values[field as OrderField];
  const span = valueSpan(raw, field, form);
  return span === null ? null : raw.slice(span.start, span.end);
}
