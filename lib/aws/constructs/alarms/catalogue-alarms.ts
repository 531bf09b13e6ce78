import { type AlarmSpec, HOUR, type Watched } from './alarm-spec.ts';

/** Alarms for the function that keeps Athena's tables current. */
export function catalogueAlarms({ catalogue }: Watched): AlarmSpec[] {
  if (catalogue === null) return [];
  return [
    {
      id: 'CatalogueBehind',
      metric: catalogue.registration.function.metricErrors({ period: HOUR }),
      // Lambda repeats a failed call twice.
      threshold: 2,
      text:
        'Publications could not be registered in Glue, so Athena shows earlier ones. Read the ' +
        'log of the function of the catalogue stack, fix the cause, then invoke it with {}.',
    },
  ];
}
