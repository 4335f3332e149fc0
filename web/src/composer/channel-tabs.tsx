import { Cross2Icon, ExclamationTriangleIcon, PlusIcon } from "@radix-ui/react-icons";
import type { Channel, Connector, Variant, VariantCheck } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { Button } from "../ui/button.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { Tab, TabList } from "../ui/tabs.tsx";
import { errorCount, targetOf } from "./channel-variants.ts";
import { composerText } from "./messages.ts";

type ChannelTabsProps = {
  variants: Variant[];
  channels: Channel[];
  connectors: Connector[];
  checks: VariantCheck[];
  disabled: boolean;
  onAdd: (channelId: string) => void;
};

/** One tab per channel, with a mark where a platform would refuse the text. */
export function ChannelTabs({ variants, channels, connectors, checks, disabled, onAdd }: ChannelTabsProps) {
  const free = channels.filter(
    (channel) =>
      channel.status !== "disconnected" && !variants.some((variant) => variant.channelId === channel.id),
  );
  return (
    <div className="flex items-center gap-2 border-b border-line">
      <TabList className="border-b-0">
        {variants.map((variant) => {
          const target = targetOf(variant.channelId, channels, connectors);
          const problems = errorCount(checks.find((check) => check.channelId === variant.channelId));
          return (
            <Tab key={variant.channelId} value={variant.channelId}>
              <ChannelIcon connector={target?.channel.connector ?? ""} />
              <span className="max-w-40 truncate">{target?.channel.handle ?? variant.channelId}</span>
              {problems > 0 ? (
                <ExclamationTriangleIcon
                  role="img"
                  aria-label={composerText.problems(problems)}
                  className="text-bad-ink"
                />
              ) : null}
            </Tab>
          );
        })}
      </TabList>
      {free.length > 0 && !disabled ? (
        <Menu
          align="start"
          trigger={
            <Button variant="ghost" size="sm">
              <PlusIcon aria-hidden="true" />
              {composerText.addChannel}
            </Button>
          }
        >
          {free.map((channel) => (
            <MenuItem key={channel.id} onSelect={() => onAdd(channel.id)}>
              <ChannelIcon connector={channel.connector} className="[&_svg]:text-white" />
              {channel.handle}
            </MenuItem>
          ))}
        </Menu>
      ) : null}
    </div>
  );
}

export function RemoveChannel({ handle, onRemove }: { handle: string; onRemove: () => void }) {
  return (
    <Button variant="ghost" size="sm" onClick={onRemove}>
      <Cross2Icon aria-hidden="true" />
      {composerText.removeChannel(handle)}
    </Button>
  );
}
