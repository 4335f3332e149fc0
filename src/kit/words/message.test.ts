import { expect, test } from "vitest";
import { isolated, keyOf, msg, plural, valuesOf } from "./message.ts";

test("a message is English, and known by its words without the values", () => {
  const message = msg`Clocks in ${{ zone: "Europe/Berlin" }} show ${{ wall: "02:30" }} twice.`;
  expect(message).toEqual({
    message: "Clocks in Europe/Berlin show 02:30 twice.",
    template: "Clocks in {zone} show {wall} twice.",
    params: { zone: "Europe/Berlin", wall: "02:30" },
  });
  expect(keyOf(message)).toBe(message.template);
  expect(msg`There is no such post.`).toEqual({ message: "There is no such post." });
  expect(keyOf(msg`There is no such post.`)).toBe("There is no such post.");
});

const waiting = (count: number) =>
  plural({ count }, { one: "# post waits.", other: msg`# posts wait for ${{ name: "Ada" }}.` });

test("a message that counts has the form of its number", () => {
  expect(waiting(1).message).toBe("1 post waits.");
  expect(waiting(3)).toEqual({
    message: "3 posts wait for Ada.",
    template: "{count, plural, one {# post waits.} other {# posts wait for {name}.}}",
    params: { count: 3, name: "Ada" },
  });
});

const shown = (value: string | number) => `<${value}>`;

test("values are written as their reader writes them, but for a number that decides a form", () => {
  expect(valuesOf(plural({ count: 3 }, { one: "#", other: msg`# of ${{ limit: 9 }}` }), shown)).toEqual({
    count: 3,
    limit: "<9>",
  });
  expect(valuesOf(msg`In ${{ path: String.raw`C:\x41` }}`, String)).toEqual({
    path: String.raw`C:\u005cx41`,
  });
});

test("words from the right keep to themselves", () => {
  expect(isolated("Winter catalogue")).toBe("Winter catalogue");
  expect(isolated("קטלוג")).toBe("\u2068קטלוג\u2069");
});
