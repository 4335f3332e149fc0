import {
  type ComponentProps,
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useState,
} from "react";
import { useCan } from "../account/use-me.ts";
import { lazyWindow } from "../lib/lazy-part.tsx";
import { Button } from "../ui/button.tsx";

const NewPostDialog = lazyWindow(
  async () => (await import("../composer/new-post/new-post-dialog.tsx")).NewPostDialog,
);

const NewPostContext = createContext<(() => void) | null>(null);

/** One "New post" window for the whole dashboard: button, key, palette and empty states open the same. */
export function NewPostProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const allowed = useCan("posts.write");
  const show = useCallback(() => setOpen(true), []);
  const hide = useMemo(() => () => setOpen(false), []);
  return (
    <NewPostContext value={allowed ? show : null}>
      {children}
      {open ? <NewPostDialog onClose={hide} /> : null}
    </NewPostContext>
  );
}

/** Opens the window; null where this person may not write posts. */
export function useNewPost(): (() => void) | null {
  return useContext(NewPostContext);
}

/** Leads to a new post; nothing where this person may not write any. */
export function NewPostButton(props: Omit<ComponentProps<typeof Button>, "onClick">) {
  const newPost = useNewPost();
  return newPost ? <Button variant="primary" onClick={newPost} {...props} /> : null;
}
