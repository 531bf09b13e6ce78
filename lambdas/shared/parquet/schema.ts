import type { Column, ColumnType } from '../model/column.ts';
import { CONVERTED, PHYSICAL, type Physical, REPETITION } from './format.ts';
import { THRIFT_STRUCT, type ThriftWriter } from './thrift-compact.ts';

/** The largest precision whose unscaled values all fit 32 bits. */
const INT32_PRECISION_MAX = 9;

/**
 * The Parquet physical type that stores a column type. A decimal is INT32 where its precision fits
 * (Parquet's LogicalTypes.md).
 */
export function physicalOf(type: ColumnType): Physical {
  switch (type.kind) {
    case 'string':
      return PHYSICAL.BYTE_ARRAY;
    case 'int32':
    case 'date':
      return PHYSICAL.INT32;
    case 'int64':
    case 'timestamp':
      return PHYSICAL.INT64;
    case 'decimal':
      return type.precision <= INT32_PRECISION_MAX ? PHYSICAL.INT32 : PHYSICAL.INT64;
  }
}

/** Fields 6 to 8 of SchemaElement. Plain integers need none. */
function writeConvertedType(thrift: ThriftWriter, type: ColumnType): void {
  switch (type.kind) {
    case 'string':
      thrift.i32(6, CONVERTED.UTF8);
      break;
    case 'date':
      thrift.i32(6, CONVERTED.DATE);
      break;
    case 'timestamp':
      thrift.i32(6, CONVERTED.TIMESTAMP_MICROS);
      break;
    case 'decimal':
      thrift.i32(6, CONVERTED.DECIMAL);
      thrift.i32(7, type.scale);
      thrift.i32(8, type.precision);
      break;
    default:
  }
}

/** Field 10 of SchemaElement, a union. */
function writeLogicalType(thrift: ThriftWriter, type: ColumnType): void {
  if (type.kind === 'int32' || type.kind === 'int64') return;
  thrift.struct(10);
  switch (type.kind) {
    case 'string':
      thrift.emptyStruct(1);
      break;
    case 'decimal':
      thrift.struct(5);
      thrift.i32(1, type.scale);
      thrift.i32(2, type.precision);
      thrift.end();
      break;
    case 'date':
      thrift.emptyStruct(6);
      break;
    case 'timestamp':
      thrift.struct(8);
      thrift.bool(1, true); // isAdjustedToUTC
      thrift.struct(2);
      thrift.emptyStruct(2); // MICROS
      thrift.end();
      thrift.end();
      break;
  }
  thrift.end();
}

/** Writes field 2 of FileMetaData, the schema: the root and one element per column. */
export function writeSchema(thrift: ThriftWriter, columns: readonly Column[]): void {
  thrift.list(2, THRIFT_STRUCT, columns.length + 1);
  thrift.begin();
  thrift.text(4, 'schema');
  thrift.i32(5, columns.length);
  thrift.end();
  for (const column of columns) {
    thrift.begin();
    thrift.i32(1, physicalOf(column.type));
    thrift.i32(3, column.isNullable ? REPETITION.OPTIONAL : REPETITION.REQUIRED);
    thrift.text(4, column.name);
    writeConvertedType(thrift, column.type);
    thrift.i32(9, column.fieldId);
    writeLogicalType(thrift, column.type);
    thrift.end();
  }
}
