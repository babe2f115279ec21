import crc32c from 'crc-32/crc32c.js';
import { expect, test } from 'vitest';
import { scalarsEvent, versionEvent } from '../../../../src/runs/folder/tensorboard/event.js';
import { maskedCrc32c, tfRecord } from '../../../../src/runs/folder/tensorboard/tf-record.js';

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Written by TensorFlow 2.21.0 for the scalar 0.5 with the tag "a/b" in step 1. */
const fromTensorFlow = {
  wallTime: '14252fe494c1da41',
  event: '09 14252fe494c1da41 1001 2a0c 0a0a 0a03612f62 150000003f',
  record: (event: string) => `1900000000000000 8bf10828 ${event} 3ed4ddce`,
};

// The first is the usual check value; the others are from RFC 3720, B.4.
test.each<[string, Uint8Array, number]>([
  ['"123456789"', Buffer.from('123456789'), 0xe3069283],
  ['zeros', new Uint8Array(32), 0x8a9136aa],
  ['ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
])('the CRC-32C of %s', (_, bytes, expected) => {
  expect(crc32c.buf(bytes) >>> 0).toBe(expected);
  const masked = ((BigInt(expected) >> 15n) | (BigInt(expected) << 17n)) + 0xa282ead8n;
  expect(BigInt(maskedCrc32c(bytes))).toBe(masked & 0xffffffffn);
});

test('a record equals TensorFlow’s, byte for byte', () => {
  const { event, record } = fromTensorFlow;
  expect(toHex(tfRecord(fromHex(event)))).toBe(toHex(fromHex(record(event))));
});

test('an event equals TensorFlow’s', () => {
  const { wallTime, event } = fromTensorFlow;
  const seconds = Buffer.from(fromHex(wallTime)).readDoubleLE();
  const scalars = [{ tag: 'a/b', value: 0.5 }];
  expect(toHex(scalarsEvent(seconds, 1, scalars))).toBe(toHex(fromHex(event)));
});

test('the first event is the version that TensorBoard expects', () => {
  const name = Buffer.from('brain.Event:2').toString('hex');
  expect(toHex(versionEvent(1))).toBe(`09000000000000f03f1a0d${name}`);
});

test('encodes lengths and steps of several bytes, infinity and NaN', () => {
  const tag = 'é'.repeat(100);
  const event = scalarsEvent(0, 300, [
    { tag, value: 1e300 },
    { tag: 'n', value: NaN },
  ]);
  const name = Buffer.from(tag).toString('hex');
  const values = `0ad001 0ac801${name} 150000807f 0a08 0a016e 150000c07f`;
  expect(toHex(event)).toBe(toHex(fromHex(`090000000000000000 10ac02 2add01 ${values}`)));
});
