import { Big } from "big.js";

/** An amount as decimal text, never a float: `{ amount: "0.015", currency: "USD" }`. Currency is ISO 4217. */
export type Money = { amount: string; currency: string };

export function money(amount: string | number, currency = "USD"): Money {
  return { amount: new Big(amount).toFixed(), currency };
}

/** The exact sum. Throws a `TypeError` for two currencies: Galley converts none. */
export function addMoney(left: Money, right: Money): Money {
  if (left.currency !== right.currency) {
    throw new TypeError(`cannot add ${left.currency} and ${right.currency}`);
  }
  return money(new Big(left.amount).plus(right.amount).toFixed(), left.currency);
}
