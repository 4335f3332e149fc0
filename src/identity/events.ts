import { installationEvent } from "#platform/events";

/** What happens to somebody's account. */
export const accountUnlocked = installationEvent("account.unlocked", { target: "user" });
export const accountPasswordReset = installationEvent("account.password_reset", { target: "user" });
export const accountPasswordChanged = installationEvent("account.password_changed", { target: "user" });
