import { emulated, type Running } from "./emulated.ts";
import { type Bounds, control, type Target } from "./target.ts";

function chat(number: number): string {
  return `@galley_press_${number}`;
}

/** Channels of one bot. What it sent cannot be read back, and its token does not age. */
export function telegram(running: Running, bounds: Bounds): Target {
  return emulated(running, bounds, {
    id: "telegram",
    // Galley sends at most 20 messages a minute to one, and one in a second.
    accounts: 16,
    weight: 2,
    describes: false,
    repeats: false,
    access: (number) => ({ kind: "form", form: { ...running.form, chatId: chat(number) } }),
    account: chat,
    revokes: false,
    // Now and then the bot is taken out of all channels, for as long as a burst lasts.
    switches: (random) =>
      control(running.url, "PUT", "/control/telegram", {
        administrator: random === null || random() >= 0.02,
      }),
  });
}
