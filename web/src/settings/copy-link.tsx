import { ClipboardCopyIcon } from "@radix-ui/react-icons";
import { toast } from "sonner";
import { Button } from "../ui/button.tsx";
import { Input } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { settingsText } from "./messages.ts";

/** A link that is shown once, to be handed over. */
export function CopyLink({ title, link }: { title: string; link: string }) {
  async function copy(): Promise<void> {
    // The clipboard is closed to pages without HTTPS; the field below can be copied by hand.
    await navigator.clipboard?.writeText(link).then(() => toast.success(settingsText.copied));
  }
  return (
    <Notice tone="good" title={title}>
      <span className="mt-2 flex gap-2">
        <Input
          readOnly
          value={link}
          aria-label={settingsText.copy}
          className="font-mono text-xs"
          onFocus={(event) => event.target.select()}
        />
        <Button className="h-9" onClick={() => void copy()}>
          <ClipboardCopyIcon aria-hidden="true" />
          {settingsText.copy}
        </Button>
      </span>
    </Notice>
  );
}
