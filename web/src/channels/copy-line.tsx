import { CheckIcon, CopyIcon } from "@radix-ui/react-icons";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "../ui/button.tsx";
import { channelsText } from "./messages.ts";

type CopyLineProps = {
  label: string;
  value: string;
  /** Where the value leads; null where it is no address that can be followed. */ href?: string | null;
};

/** A value that must be taken over exactly, with a button that copies it. */
export function CopyLine({ label, value, href = null }: CopyLineProps) {
  const [copied, setCopied] = useState(false);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      // Without https a browser gives no clipboard; the text can be selected.
      toast.error(channelsText.copyFailed);
    }
  }

  return (
    <div className="grid gap-1">
      <p className="text-xs font-medium text-dim">{label}</p>
      <div className="flex items-center gap-2 rounded-md border border-line bg-fill px-2.5 py-1.5">
        <code className="min-w-0 flex-1 font-mono text-xs break-all text-ink select-all">
          {href === null ? (
            value
          ) : (
            <a href={href} target="_blank" rel="noreferrer" className="rounded-sm hover:underline">
              {value}
            </a>
          )}
        </code>
        <Button
          variant="ghost"
          size="sm"
          onClick={() => void copy()}
          aria-label={`${channelsText.copy}: ${label}`}
        >
          {copied ? <CheckIcon aria-hidden="true" /> : <CopyIcon aria-hidden="true" />}
          <span aria-live="polite">{copied ? channelsText.copied : channelsText.copy}</span>
        </Button>
      </div>
    </div>
  );
}
