import { Dialog, DialogBody } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { shortcutsText } from "./messages.ts";

export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose} title={shortcutsText.title}>
      <DialogBody reading className="grid gap-6 sm:grid-cols-2">
        {shortcutsText.groups.map((group) => (
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
