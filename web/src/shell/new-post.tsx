import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useMemo,
  useState,
} from "react";

const NewPostDialog = lazy(async () => ({
  default: (await import("../composer/new-post-dialog.tsx")).NewPostDialog,
}));

const NewPostContext = createContext<() => void>(() => {});

/** One "New post" window for the whole dashboard: button, key, palette and empty states open the same. */
export function NewPostProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const show = useCallback(() => setOpen(true), []);
  const hide = useMemo(() => () => setOpen(false), []);
  return (
    <NewPostContext value={show}>
      {children}
      <Suspense fallback={null}>{open ? <NewPostDialog onClose={hide} /> : null}</Suspense>
    </NewPostContext>
  );
}

export function useNewPost(): () => void {
  return useContext(NewPostContext);
}
