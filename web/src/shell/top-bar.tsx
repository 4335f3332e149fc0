import { MagnifyingGlassIcon, PlusIcon } from "@radix-ui/react-icons";
import { Button } from "../ui/button.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { shellText } from "./messages.ts";
import { NewPostButton } from "./new-post.tsx";
import { WorkspaceSwitcher } from "./workspace-switcher.tsx";

/** The phone's header; the rest of the navigation is at the bottom. */
export function TopBar({ onSearch }: { onSearch: () => void }) {
  return (
    <header className="flex h-13 shrink-0 items-center gap-1.5 border-b border-line bg-surface px-3">
      <div className="min-w-0 flex-1">
        <WorkspaceSwitcher />
      </div>
      <Button variant="ghost" size="icon" aria-label={shellText.search} onClick={onSearch}>
        <MagnifyingGlassIcon />
      </Button>
      <NewPostButton size="icon" aria-label={shellText.newPost}>
        <PlusIcon />
      </NewPostButton>
      <AccountMenu compact />
    </header>
  );
}
