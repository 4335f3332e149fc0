import type { Delivery } from "../api/types.ts";
import { isTwice, openCopies } from "../post/delivery/open-copies.ts";
import { stopped } from "../post/delivery/stopped.ts";
import { copyText, deliveryStateText } from "../post/messages.ts";

/** What is said of a delivery that needs somebody: why it asks; where it does not stop by itself, what its second copies are. */
export function needState(delivery: Pick<Delivery, "state" | "items" | "secondCopies">): {
  tone: "warn" | "bad";
  words: string;
} {
  const { state } = delivery;
  const copies = openCopies(delivery);
  if (copies.length > 0 && state !== "needs_human" && !stopped.has(state)) {
    const isAnyTwice = copies.some((copy) => isTwice(delivery, copy));
    return { tone: "warn", words: isAnyTwice ? copyText.stateTwice : copyText.stateCameUp };
  }
  return { tone: state === "needs_human" ? "warn" : "bad", words: deliveryStateText[state] };
}
