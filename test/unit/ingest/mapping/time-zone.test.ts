import { afterEach, describe, expect, it, vi } from 'vitest';
import { localClockOf } from '../../../../lambdas/shared/ingest/mapping/time-zone.ts';
import { INVALID_TIME } from '../../../../lambdas/shared/ingest/timestamp.ts';
import { isTimeZone } from '../../../../lambdas/shared/model/time-zone.ts';

function instantOf(zone: string, local: string): string | null {
  const instantMs = localClockOf(zone)(Date.parse(`${local}Z`));
  return instantMs === INVALID_TIME ? null : new Date(instantMs).toISOString();
}

describe('isTimeZone', () => {
  it.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])(
    'knows %s',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each(['', 'Berlin', 'Europe/Bonn', '+01:00', '-05', 'local', 'Europe/Berlin ', 'CET+1'])(
    'refuses %j',
    (name) => {
      expect(isTimeZone(name)).toBe(false);
      expect(() => localClockOf(name)).toThrow(`timeZone "${name}" is no IANA time zone`);
    },
  );
});

describe('localClockOf', () => {
  it.each([
    // An hour that does not exist, and one that is there twice.
    ['Europe/Berlin', '2026-03-29T01:59:59.999', '2026-03-29T00:59:59.999Z'],
    ['Europe/Berlin', '2026-03-29T02:00:00', null],
    ['Europe/Berlin', '2026-03-29T02:59:59.999', null],
    ['Europe/Berlin', '2026-03-29T03:00:00', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25T01:59:59.999', '2026-10-24T23:59:59.999Z'],
    ['Europe/Berlin', '2026-10-25T02:00:00', '2026-10-25T00:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25T02:59:59.999', '2026-10-25T00:59:59.999Z'],
    ['Europe/Berlin', '2026-10-25T03:00:00', '2026-10-25T02:00:00.000Z'],
    ['America/New_York', '2026-03-08T01:59:59', '2026-03-08T06:59:59.000Z'],
    ['America/New_York', '2026-03-08T02:30:00', null],
    ['America/New_York', '2026-03-08T03:00:00', '2026-03-08T07:00:00.000Z'],
    ['America/New_York', '2026-11-01T01:30:00', '2026-11-01T05:30:00.000Z'],
    ['America/New_York', '2026-11-01T02:00:00', '2026-11-01T07:00:00.000Z'],
    // Half an hour.
    ['Australia/Lord_Howe', '2026-10-04T01:59:00', '2026-10-03T15:29:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-04T02:15:00', null],
    ['Australia/Lord_Howe', '2026-10-04T02:30:00', '2026-10-03T15:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05T01:45:00', '2026-04-04T14:45:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05T02:00:00', '2026-04-04T15:30:00.000Z'],
    // Back for the month of Ramadan.
    ['Africa/Casablanca', '2026-02-15T02:30:00', '2026-02-15T01:30:00.000Z'],
    ['Africa/Casablanca', '2026-03-01T12:00:00', '2026-03-01T12:00:00.000Z'],
    ['Africa/Casablanca', '2026-03-22T02:30:00', null],
    ['Africa/Casablanca', '2026-03-22T03:00:00', '2026-03-22T02:00:00.000Z'],
    // At midnight.
    ['America/Sao_Paulo', '2018-11-03T23:59:59', '2018-11-04T02:59:59.000Z'],
    ['America/Sao_Paulo', '2018-11-04T00:00:00', null],
    ['America/Sao_Paulo', '2018-11-04T01:00:00', '2018-11-04T03:00:00.000Z'],
    ['America/Sao_Paulo', '2018-02-17T23:30:00', '2018-02-18T01:30:00.000Z'],
    ['America/Sao_Paulo', '2018-02-18T00:00:00', '2018-02-18T03:00:00.000Z'],
    // A day that does not exist, and one that is there twice.
    ['Pacific/Apia', '2011-12-29T23:59:00', '2011-12-30T09:59:00.000Z'],
    ['Pacific/Apia', '2011-12-30T12:00:00', null],
    ['Pacific/Apia', '2011-12-31T00:00:00', '2011-12-30T10:00:00.000Z'],
    // Seconds, and a summer of a week.
    ['Africa/Monrovia', '1970-01-01T00:00:00', '1970-01-01T00:44:30.000Z'],
    ['Africa/Monrovia', '1972-01-07T00:44:29', null],
    ['Africa/Monrovia', '1972-01-07T00:44:30', '1972-01-07T00:44:30.000Z'],
    ['America/Recife', '2000-10-10T12:00:00', '2000-10-10T14:00:00.000Z'],
    ['America/Recife', '2000-10-20T12:00:00', '2000-10-20T15:00:00.000Z'],
    // Both ends of the years of Tandem.
    ['Asia/Tokyo', '1970-01-01T08:59:59.999', null],
    ['Asia/Tokyo', '1970-01-01T09:00:00', '1970-01-01T00:00:00.000Z'],
    ['America/New_York', '1969-12-31T19:00:00', '1970-01-01T00:00:00.000Z'],
    ['Pacific/Kiritimati', '2200-01-01T13:59:59', '2199-12-31T23:59:59.000Z'],
    ['Pacific/Kiritimati', '2200-01-01T14:00:00', null],
    ['Europe/Berlin', '2150-07-01T12:00:00', '2150-07-01T10:00:00.000Z'],
    ['UTC', '2026-01-05T10:20:30.456', '2026-01-05T10:20:30.456Z'],
    ['UTC', '1969-12-31T23:59:59', null],
    ['UTC', '1900-01-01T00:00:00', null],
    ['UTC', '2300-01-01T00:00:00', null],
  ])('reads in %s %s as %s', (zone, local, instant) => {
    expect(instantOf(zone, local)).toBe(instant);
  });

  it('takes a time that is none for none', () => {
    expect(localClockOf('Europe/Berlin')(Number.NaN)).toBe(INVALID_TIME);
  });
});

describe('the zone of the machine', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  // Zones of one clock, as each one's is asked for once.
  it.each([
    ['Europe/Paris', 'UTC', 0],
    ['Europe/Rome', 'America/New_York', 240],
    ['Europe/Madrid', 'Asia/Kolkata', -330],
    ['Europe/Vienna', 'Europe/Berlin', -120],
  ])('decides nothing: %s read in %s', (zone, machine, minutesToUtc) => {
    vi.stubEnv('TZ', machine);
    expect(new Date(Date.UTC(2026, 6, 1)).getTimezoneOffset()).toBe(minutesToUtc);

    expect(instantOf(zone, '2026-03-29T01:59:59')).toBe('2026-03-29T00:59:59.000Z');
    expect(instantOf(zone, '2026-03-29T02:30:00')).toBe(null);
    expect(instantOf(zone, '2026-10-25T02:30:00')).toBe('2026-10-25T00:30:00.000Z');
    expect(instantOf(zone, '2026-10-25T03:00:00')).toBe('2026-10-25T02:00:00.000Z');
  });
});
