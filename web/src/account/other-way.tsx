import { Link } from "@tanstack/react-router";
import type { ComponentProps } from "react";

/** The way to another of these pages, below the form. */
export function OtherWay(props: Pick<ComponentProps<typeof Link>, "to" | "children">) {
  return <Link className="py-2.5 text-center text-sm text-accent-ink underline" {...props} />;
}
