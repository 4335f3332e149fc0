import { useState } from "react";
import { browserTimeZone } from "../account/time-zone-select.tsx";
import { formatMomentWithZone } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog.tsx";
import { SwitchField } from "../ui/switch-field.tsx";
import { quarantineText } from "./messages.ts";

/** What only a person can know. */
type ReleaseWords = { otherIsOff: boolean; nothingSentEarly: boolean };

type ReleaseDialogProps = {
  /** Since when it is not known what was done, as ISO text. */
  since: string;
  /** How many posts are planned for later and would be looked up first. */
  later: number;
  mayRunTwice: boolean;
  busy: boolean;
  onClose: () => void;
  onRelease: (words: ReleaseWords) => void;
};

/** Asks what nobody but a person can know, before posts go out again. */
export function ReleaseDialog({ since, later, mayRunTwice, busy, onClose, onRelease }: ReleaseDialogProps) {
  const [otherIsOff, setOtherIsOff] = useState(false);
  const [nothingSentEarly, setNothingSentEarly] = useState(false);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={quarantineText.release}
      description={quarantineText.releaseLead}
    >
      <DialogBody className="grid gap-4">
        <p className="text-sm">{quarantineText.forgotten(formatMomentWithZone(since, browserTimeZone()))}</p>
        {mayRunTwice ? (
          <SwitchField
            label={quarantineText.otherIsOff}
            help={quarantineText.otherIsOffHelp}
            checked={otherIsOff}
            onCheckedChange={setOtherIsOff}
          />
        ) : null}
        {later > 0 ? (
          <SwitchField
            label={quarantineText.nothingSentEarly}
            help={quarantineText.nothingSentEarlyHelp(later)}
            checked={nothingSentEarly}
            onCheckedChange={setNothingSentEarly}
          />
        ) : null}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{quarantineText.keep}</Button>
        <Button
          variant="primary"
          busy={busy}
          disabled={mayRunTwice && !otherIsOff}
          onClick={() => onRelease({ otherIsOff, nothingSentEarly })}
        >
          {quarantineText.release}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
