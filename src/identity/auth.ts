import { betterAuth } from "better-auth";
import { bearer } from "better-auth/plugins/bearer";
import type { Kysely } from "kysely";
import { newId } from "#kit";
import type { Schema } from "#platform/db";
import { hashPassword, verifyPassword } from "./passwords/password.ts";
import type { AuthSettings } from "./settings.ts";
import { clientAddressHeader, sessionCookieName, sessionSeconds } from "./settings.ts";

/**
 * Better Auth as the engine for credentials and sessions, on a pool or on one transaction. Its HTTP
 * handler is not mounted: our own routes call `api`, so that every answer passes our schemas.
 */
export function createAuth(db: Kysely<Schema>, { secret, publicUrl }: AuthSettings) {
  return betterAuth({
    appName: "Galley",
    baseURL: publicUrl,
    secret,
    database: { db, type: "postgres" },
    telemetry: { enabled: false },
    // Its messages hold email addresses; our own routes log what happened.
    logger: { disabled: true },
    emailAndPassword: {
      enabled: true,
      // The policy is ours (password.ts) and runs before a password gets here.
      minPasswordLength: 1,
      maxPasswordLength: 1024,
      revokeSessionsOnPasswordReset: true,
      password: {
        hash: hashPassword,
        verify: ({ hash, password }) => verifyPassword(hash, password),
      },
    },
    user: {
      modelName: "users",
      fields: { emailVerified: "email_verified", createdAt: "created_at", updatedAt: "updated_at" },
    },
    session: {
      modelName: "sessions",
      expiresIn: sessionSeconds,
      disableSessionRefresh: true,
      fields: {
        userId: "user_id",
        expiresAt: "expires_at",
        ipAddress: "ip_address",
        userAgent: "user_agent",
        createdAt: "created_at",
        updatedAt: "updated_at",
      },
    },
    account: {
      modelName: "accounts",
      encryptOAuthTokens: true,
      fields: {
        userId: "user_id",
        providerId: "provider_id",
        accountId: "account_id",
        accessToken: "access_token",
        refreshToken: "refresh_token",
        idToken: "id_token",
        accessTokenExpiresAt: "access_token_expires_at",
        refreshTokenExpiresAt: "refresh_token_expires_at",
        createdAt: "created_at",
        updatedAt: "updated_at",
      },
    },
    verification: {
      modelName: "verifications",
      fields: { expiresAt: "expires_at", createdAt: "created_at", updatedAt: "updated_at" },
    },
    advanced: {
      cookiePrefix: "galley",
      // The whole name is ours: its own prefix would be `__Secure-`.
      useSecureCookies: false,
      defaultCookieAttributes: { secure: publicUrl.startsWith("https:") },
      cookies: { session_token: { name: sessionCookieName(publicUrl) } },
      // Our migrations own the schema; the check would also open a connection beside a transaction.
      database: { generateId: () => newId(), validateSchema: false },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
    },
    plugins: [bearer({ requireSignature: true })],
  });
}
