import type { App } from "#platform/wire";
import { serve, signedInOf } from "#platform/wire";
import type { Identity } from "../identity.ts";
import { preferencesContract } from "./preferences.contract.ts";

/** What a person chose for themselves. */
export function preferenceRoutes(app: App, { identity }: { identity: Identity }): void {
  serve(app, preferencesContract, {
    changePreferences: async (request) => {
      const { userId } = signedInOf(request);
      const { language } = request.body;
      if (language !== undefined) await identity.chooseLanguage(userId, language);
      return { language: await identity.chosenLanguage(userId) };
    },
  });
}
