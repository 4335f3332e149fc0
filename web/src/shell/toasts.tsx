import type { CSSProperties } from "react";
import { Toaster } from "sonner";
import { direction } from "../lib/language.ts";
import { useTheme } from "../lib/theme.ts";

/**
 * Short messages where nothing lies under them: on a desktop in the sidebar's empty part, on a phone in a strip that
 * the page gives them as long as they stand (`--toast-room`).
 */
export function Toasts() {
  const theme = useTheme();
  return (
    <Toaster
      theme={theme}
      position={direction === "rtl" ? "bottom-right" : "bottom-left"}
      dir={direction}
      duration={3_500}
      visibleToasts={2}
      offset={{
        bottom: "var(--toast-bottom)",
        [direction === "rtl" ? "right" : "left"]: "var(--toast-side)",
      }}
      mobileOffset={{ bottom: "var(--toast-bottom)", left: 12, right: 12 }}
      style={{ "--width": "var(--toast-width)" } as CSSProperties}
      closeButton
      toastOptions={{ className: "font-sans" }}
    />
  );
}
