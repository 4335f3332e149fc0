import { setShortcuts, useShortcutsOn } from "../lib/shortcuts.ts";
import { texts } from "../lib/texts.ts";
import { Dialog, DialogBody } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { Switch } from "../ui/switch.tsx";
import { shellText, shortcutsText } from "./messages.ts";
import { destinations } from "./navigation.tsx";

const places = texts(() => ({
  title: shortcutsText.goTo,
  keys: destinations.map(({ name, keys }) => ({ keys: keys.split(" "), does: shellText[name] })),
}));

export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  const on = useShortcutsOn();
  return (
    <Dialog open onOpenChange={onClose} title={shortcutsText.title}>
      <DialogBody reading className="grid gap-6 sm:grid-cols-2">
        <label
          htmlFor="shortcuts-on"
          className="flex items-center justify-between gap-4 rounded-lg border border-line px-3.5 py-3 text-sm sm:col-span-2"
        >
          <span>
            <span className="block font-medium">{shortcutsText.letters}</span>
            <span id="shortcuts-help" className="text-faint">
              {shortcutsText.lettersHelp}
            </span>
          </span>
          <Switch
            id="shortcuts-on"
            aria-describedby="shortcuts-help"
            checked={on}
            onCheckedChange={setShortcuts}
          />
        </label>
        {[places, ...shortcutsText.groups].map((group) => (
          <section key={group.title}>
            <h3 className="mb-2 text-xs font-medium text-faint">{group.title}</h3>
            <dl className="grid gap-1.5">
              {group.keys.map(({ keys, does }) => (
                <div key={does} className="flex items-center justify-between gap-4 text-sm">
                  <dt>{does}</dt>
                  <dd className="flex gap-1">
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </DialogBody>
    </Dialog>
  );
}
