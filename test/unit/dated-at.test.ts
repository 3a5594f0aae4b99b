import { expect, test } from 'vitest';
import { datedAt } from '../../src/domain/email.ts';

test.each([
  ['in time', '07:00:00', '07:00:04', '07:00:00'],
  ['before it was due, asked for by hand', '07:00:00', '06:10:00', '07:00:00'],
  ['almost an hour late', '07:00:00', '07:59:59', '07:00:00'],
  ['two hours and a half late', '07:00:00', '09:30:00', '09:00:00'],
  ['at a half hour', '07:30:00', '08:29:00', '07:30:00'],
])('the Date of an email that was taken %s', (_label, due, taken, dated) => {
  const at = (time: string) => new Date(`2025-03-14T${time}Z`);
  expect(datedAt(at(due), at(taken))).toEqual(at(dated));
});
