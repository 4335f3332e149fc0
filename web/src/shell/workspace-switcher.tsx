import { CaretSortIcon, PlusIcon } from "@radix-ui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMe } from "../account/use-me.ts";
import { chooseWorkspace } from "../api/client.ts";
import { Menu, MenuChoice, MenuChoiceItem, MenuItem, MenuLabel, MenuSeparator } from "../ui/menu.tsx";
import { Logo } from "./logo.tsx";
import { shellText } from "./messages.ts";

export function WorkspaceSwitcher() {
  const me = useMe();
  const queryClient = useQueryClient();
  const navigate = useNavigate();

  async function change(id: string): Promise<void> {
    chooseWorkspace(id);
    await navigate({ to: "/" });
    // Nothing of one workspace may be seen in another, not for a moment.
    await queryClient.resetQueries();
  }

  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={shellText.switchWorkspace(me.workspace.name)}
          className="flex h-10 w-full min-w-0 items-center gap-2.5 rounded-lg px-1.5 text-start transition-colors hover:bg-fill-strong/60"
        >
          <Logo className="size-7 shrink-0" />
          <span dir="auto" className="min-w-0 flex-1 truncate text-sm font-semibold">
            {me.workspace.name}
          </span>
          <CaretSortIcon aria-hidden="true" className="text-faint" />
        </button>
      }
    >
      <MenuLabel>{shellText.workspaces}</MenuLabel>
      <MenuChoice value={me.workspace.id} onChange={(id) => void change(id)}>
        {me.workspaces.map((workspace) => (
          <MenuChoiceItem key={workspace.id} value={workspace.id}>
            {workspace.name}
          </MenuChoiceItem>
        ))}
      </MenuChoice>
      <MenuSeparator />
      <MenuItem onSelect={() => void navigate({ to: "/new-workspace" })}>
        <PlusIcon aria-hidden="true" />
        {shellText.newWorkspace}
      </MenuItem>
    </Menu>
  );
}
