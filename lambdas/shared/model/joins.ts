/** Active rows whose customer, and whose product, was not found (contract §2.2). */
export interface JoinCounts {
  readonly customers_missed: number;
  readonly products_missed: number;
}

export const NO_JOINS: JoinCounts = { customers_missed: 0, products_missed: 0 };
