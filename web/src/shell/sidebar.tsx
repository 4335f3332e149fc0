import { MagnifyingGlassIcon, PlusIcon, QuestionMarkCircledIcon } from "@radix-ui/react-icons";
import { Button } from "../ui/button.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { Hint } from "../ui/tooltip.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { shellText } from "./messages.ts";
import { SideNavigation } from "./navigation.tsx";
import { NewPostButton } from "./new-post.tsx";
import { WorkspaceSwitcher } from "./workspace-switcher.tsx";

type BarProps = { onSearch: () => void; onHelp: () => void };

export function Sidebar({ onSearch, onHelp }: BarProps) {
  return (
    <>
      <WorkspaceSwitcher />
      <button
        type="button"
        onClick={onSearch}
        className="flex h-8 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-sm text-faint shadow-low transition-colors hover:border-line-strong"
      >
        <MagnifyingGlassIcon aria-hidden="true" />
        <span className="flex-1 text-start">{shellText.searchShort}</span>
        <Kbd>{shellText.searchKeys}</Kbd>
      </button>
      <NewPostButton>
        <PlusIcon aria-hidden="true" />
        {shellText.newPost}
      </NewPostButton>
      <SideNavigation />
      <div className="mt-auto flex items-center gap-1">
        <AccountMenu />
        <Hint label={shellText.shortcuts} keys="?">
          <Button variant="ghost" size="icon" aria-label={shellText.shortcuts} onClick={onHelp}>
            <QuestionMarkCircledIcon />
          </Button>
        </Hint>
      </div>
    </>
  );
}
