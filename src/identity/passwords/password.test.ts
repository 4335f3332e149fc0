import { describe, expect, it } from "vitest";
import { hashPassword, passwordProblem, verifyPassword } from "./password.ts";

const about = { name: "Marina Petrov", email: "marina.petrov@northwind.example" };

describe("the password policy", () => {
  it.each([
    ["short of 15", "too_short"],
    ["x".repeat(257), "too_long"],
    ["aaaaaaaaaaaaaaaaaaaa", "common"],
    ["abcabcabcabcabcabc", "common"],
    ["abcdefghijklmnopq", "common"],
    ["987654321098765432", "common"],
    ["Correct Horse Battery Staple", "common"],
    ["P@ssword-P@ssword", "common"],
    ["MarinaPetrov2026!", "guessable"],
    ["northwind-marina-1", "guessable"],
    ["galleypassword12345", "guessable"],
  ])("refuses %s as %s", (password, reason) => {
    expect(passwordProblem(password, about)).toMatchObject({
      path: "/password",
      code: `identity.password_${reason}`,
    });
  });

  it("refuses text that cannot be kept", () => {
    expect(passwordProblem("fifteen characters \ud800", about)?.code).toBe("text.lone_surrogate");
  });

  it.each([
    "seven quiet herons wade",
    "marketing plan of a quiet century",
    "пятнадцать тихих цапель",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 herons by night",
  ])("accepts %s", (password) => {
    expect(passwordProblem(password, about)).toBeNull();
  });
});

describe("a password hash", () => {
  it("is argon2id with the cost that OWASP asks for", async () => {
    expect(await hashPassword("seven quiet herons wade")).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it("is the same password however its accents were typed", async () => {
    const stored = await hashPassword("caf\u00e9 au lait au lit");
    expect(await verifyPassword(stored, "cafe\u0301 au lait au lit")).toBe(true);
    expect(await verifyPassword(stored, "cafe au lait au lit")).toBe(false);
  });
});
