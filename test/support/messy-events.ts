import fc from 'fast-check';
import { mutated } from './mutations.ts';
import { FIELDS } from './oracle/text.ts';

/** Events as bytes: tidy ones, odd but valid ones, broken ones. */

const space = fc.oneof(
  { arbitrary: fc.constant(''), weight: 80 },
  { arbitrary: fc.constantFrom(' ', '\t', '\r', '\n', '  ', '\r\n'), weight: 20 },
  { arbitrary: fc.constantFrom('\v', '\f', '\u00a0', '\ufeff', '\0'), weight: 1 },
);

/** One character as it may stand in a JSON string. */
const stringPart = fc.oneof(
  {
    arbitrary: fc.constantFrom('a', 'o1', ' ', 'é', '日本', '😀', '{', ']', ',', '/'),
    weight: 120,
  },
  {
    arbitrary: fc.constantFrom('\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t'),
    weight: 40,
  },
  { arbitrary: fc.constantFrom('\\u0041', '\\u00E9', '\\u20ac', '\\ud83d\\ude00'), weight: 40 },
  { arbitrary: fc.constantFrom('\\u0000', '\\uFFFF', '\\uDBFF\\udfff'), weight: 10 },
  { arbitrary: fc.constantFrom('\\ud800', '\\udfff', '\\uDC00\\uD800'), weight: 5 },
  { arbitrary: fc.constantFrom('\\x', '\\u12', '\\', '\t', '\n', '\0', '"'), weight: 2 },
);

const jsonString = fc.array(stringPart, { maxLength: 6 }).map((parts) => `"${parts.join('')}"`);

const jsonNumber = fc.oneof(
  {
    arbitrary: fc.constantFrom('0', '-0', '7', '12.50', '1e5', '-3.00E-2', '9'.repeat(40)),
    weight: 90,
  },
  {
    arbitrary: fc.constantFrom('00', '01', '1.', '.5', '+1', '-', '1e', 'NaN', '0x1'),
    weight: 3,
  },
);

const jsonWord = fc.oneof(
  { arbitrary: fc.constant('null'), weight: 90 },
  { arbitrary: fc.constantFrom('true', 'false'), weight: 10 },
  { arbitrary: fc.constantFrom('nul', 'nulls', 'True', 'undefined'), weight: 2 },
);

const { value: nestedValue } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    jsonString,
    jsonNumber,
    fc.constantFrom('null', 'true', 'false'),
    fc
      .array(fc.tuple(space, tie('value'), space), { maxLength: 3 })
      .map((items) => `[${items.map((item) => item.join('')).join(',')}]`),
    fc
      .array(fc.tuple(jsonString, tie('value')), { maxLength: 3 })
      .map((members) => `{${members.map((member) => member.join(':')).join(',')}}`),
  ),
}));

const deepValue = fc
  .tuple(fc.integer({ min: 508, max: 514 }), fc.boolean())
  .map(([levels, isArray]) =>
    isArray
      ? '['.repeat(levels) + ']'.repeat(levels)
      : `${'{"a":'.repeat(levels)}0${'}'.repeat(levels)}`,
  );

const knownKey = fc.constantFrom(...FIELDS).chain((field) =>
  fc.oneof(
    { arbitrary: fc.constant(`"${field}"`), weight: 90 },
    {
      arbitrary: fc
        .nat(field.length - 1)
        .map((at) => `"${field.slice(0, at)}${unicodeEscape(field[at])}${field.slice(at + 1)}"`),
      weight: 10,
    },
  ),
);

const unknownKey = fc.oneof(
  jsonString,
  fc.constantFrom('"order_i"', '"order_idd"', '"Order_id"', '"__proto__"', '""', '"price "'),
);

const member = fc.oneof(
  {
    arbitrary: fc.tuple(knownKey, fc.oneof(jsonString, jsonString, jsonNumber, jsonWord)),
    weight: 120,
  },
  { arbitrary: fc.tuple(knownKey, nestedValue), weight: 5 },
  { arbitrary: fc.tuple(unknownKey, nestedValue), weight: 30 },
  { arbitrary: fc.tuple(unknownKey, deepValue), weight: 1 },
);

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Most are valid. Line feeds may stand between their tokens. */
export const eventText: fc.Arbitrary<string> = fc
  .tuple(space, fc.array(fc.tuple(member, space, space, space), { maxLength: 9 }), space)
  .map(([before, members, after]) => {
    const texts = members.map(([[key, value], a, b, c]) => `${a}${key}${b}:${c}${value}`);
    return `${before}{${texts.join(',')}}${after}`;
  });

const tokens = ['{', '}', '[', ']', ':', ',', '"price"', '"x"', '"', '1', '-', 'null', 'true', ' '];

/** Bytes of one record, as they come. */
export const messyEvent: fc.Arbitrary<Uint8Array> = fc.oneof(
  { arbitrary: eventText.map(bytesOf), weight: 60 },
  { arbitrary: mutated(eventText.map(bytesOf)), weight: 60 },
  {
    arbitrary: fc.array(fc.constantFrom(...tokens)).map((all) => bytesOf(all.join(''))),
    weight: 20,
  },
  { arbitrary: nestedValue.map(bytesOf), weight: 10 },
  { arbitrary: fc.uint8Array({ maxLength: 20 }), weight: 10 },
  {
    arbitrary: fc
      .uint8Array({ maxLength: 8 })
      .map((rest) => Buffer.concat([Buffer.from('f3899ac2', 'hex'), rest])),
    weight: 2,
  },
);

/** A file of such events; those with line ends inside become several lines. */
export const messyNdjson: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.array(fc.tuple(messyEvent, fc.constantFrom('\n', '\n', '\r\n', '\n\n', '\r\n\n', '\r'))),
    messyEvent,
  )
  .map(([lines, last]) =>
    Buffer.concat([...lines.flatMap(([line, end]) => [line, Buffer.from(end)]), last]),
  );

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}
