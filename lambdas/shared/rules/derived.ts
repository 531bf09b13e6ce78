import { dayOfWeek } from '../model/time.ts';

/**
 * Columns that follow from the day of an order alone (contract §2.2), each as a function of the day
 * since 1970-01-01, UTC. Tables are made and reconcile checks them by this list.
 */
export const COLUMNS_OF_DAY: Readonly<Record<string, (day: number) => number>> = {
  order_date: (day) => day,
  order_day_of_week: dayOfWeek,
};
