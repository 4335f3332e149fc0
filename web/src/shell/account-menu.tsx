import { BarChartIcon, ExitIcon, GearIcon, ReaderIcon } from "@radix-ui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { toast } from "sonner";
import { languageNames, languages } from "../../../src/kit/words/languages.ts";
import { useMe } from "../account/use-me.ts";
import { call, chooseWorkspace } from "../api/client.ts";
import { ApiError, hasCode, messageOf } from "../api/problem.ts";
import { cn } from "../lib/cn.ts";
import { followChoice } from "../lib/language.ts";
import { setShortcuts, useShortcutsOn } from "../lib/shortcuts.ts";
import { setTheme, themes, useTheme } from "../lib/theme.ts";
import { Avatar } from "../ui/avatar.tsx";
import {
  Menu,
  MenuChoice,
  MenuChoiceItem,
  MenuItem,
  MenuLabel,
  MenuSeparator,
  MenuSwitch,
} from "../ui/menu.tsx";
import { shellText } from "./messages.ts";

export function AccountMenu({ compact = false }: { compact?: boolean }) {
  const { user } = useMe();
  const theme = useTheme();
  const shortcuts = useShortcutsOn();
  const queryClient = useQueryClient();
  const navigate = useNavigate();

  async function signOut(): Promise<void> {
    try {
      await call("signOut");
    } catch (error) {
      // A session that has already ended is signed out as well. Any other still stands behind a sign-in page.
      if (!(error instanceof ApiError && error.status === 401)) {
        toast.error(hasCode(error, "network.lost") ? shellText.signOutLost : messageOf(error));
        return;
      }
    }
    chooseWorkspace(null);
    await navigate({ to: "/sign-in" });
    queryClient.clear();
  }

  return (
    <Menu
      align={compact ? "end" : "start"}
      side={compact ? "bottom" : "top"}
      trigger={
        <button
          type="button"
          className={cn(
            "flex items-center gap-2.5 rounded-lg text-start transition-colors hover:bg-fill-strong/60",
            compact ? "size-9 justify-center" : "h-10 min-w-0 flex-1 px-1.5",
          )}
        >
          <Avatar name={user.name} />
          <span dir="auto" className={compact ? "sr-only" : "min-w-0 flex-1 truncate text-sm font-medium"}>
            {user.name}
          </span>{" "}
          <span className="sr-only">{shellText.account}</span>
        </button>
      }
    >
      <MenuLabel>{user.email}</MenuLabel>
      <MenuItem asChild>
        <Link to="/usage">
          <BarChartIcon aria-hidden="true" />
          {shellText.usage}
        </Link>
      </MenuItem>
      <MenuItem asChild>
        <Link to="/settings">
          <GearIcon aria-hidden="true" />
          {shellText.settings}
        </Link>
      </MenuItem>
      <MenuItem asChild>
        <a href="/docs" target="_blank" rel="noreferrer">
          <ReaderIcon aria-hidden="true" />
          {shellText.apiDocs}
        </a>
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>{shellText.theme}</MenuLabel>
      <MenuChoice
        value={theme}
        onChange={(value) => setTheme(themes.find((candidate) => candidate === value) ?? "system")}
      >
        {themes.map((name) => (
          <MenuChoiceItem key={name} value={name}>
            {shellText.themes[name]}
          </MenuChoiceItem>
        ))}
      </MenuChoice>
      <LanguageChoice />
      <MenuSeparator />
      <MenuSwitch checked={shortcuts} onChange={setShortcuts}>
        {shellText.letterShortcuts}
      </MenuSwitch>
      <MenuSeparator />
      <MenuItem onSelect={() => void signOut()}>
        <ExitIcon aria-hidden="true" />
        {shellText.signOut}
      </MenuItem>
    </Menu>
  );
}

function LanguageChoice() {
  const { user } = useMe();

  async function choose(value: string): Promise<void> {
    const language = languages.find((one) => one === value) ?? null;
    try {
      await call("changePreferences", { body: { language } });
    } catch (error) {
      toast.error(messageOf(error));
      return;
    }
    followChoice({ id: user.id, language });
    globalThis.location.reload();
  }

  return (
    <>
      <MenuLabel>{shellText.language}</MenuLabel>
      <MenuChoice value={user.language ?? "browser"} onChange={(value) => void choose(value)}>
        <MenuChoiceItem value="browser">{shellText.asBrowser}</MenuChoiceItem>
        {languages.map((language) => (
          <MenuChoiceItem key={language} value={language}>
            <span lang={language}>{languageNames[language]}</span>
          </MenuChoiceItem>
        ))}
      </MenuChoice>
    </>
  );
}
