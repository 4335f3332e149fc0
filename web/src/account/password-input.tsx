import { EyeClosedIcon, EyeOpenIcon } from "@radix-ui/react-icons";
import { type ComponentProps, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Input } from "../ui/field.tsx";
import { accountText } from "./messages.ts";

export function PasswordInput(props: ComponentProps<"input">) {
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input {...props} type={shown ? "text" : "password"} className="pe-10" />
      <Button
        variant="ghost"
        size="iconSm"
        className="absolute top-1 end-1"
        aria-label={shown ? accountText.hidePassword : accountText.showPassword}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? <EyeOpenIcon /> : <EyeClosedIcon />}
      </Button>
    </div>
  );
}
