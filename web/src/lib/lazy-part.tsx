import {
  type ComponentType,
  type ReactElement,
  createElement,
  use,
  useEffect,
  useEffectEvent,
  useState,
} from "react";
import { toast } from "sonner";
import { reportConnection } from "../api/connection.ts";
import { ApiError } from "../api/problem.ts";
import { HeldShortcuts } from "./keyboard.ts";
import { readSession, writeSession } from "./storage.ts";
import { t, texts } from "./texts.ts";

/**
 * Parts of the dashboard come when they are first needed, and may not come: the connection is lost, or a new version
 * has taken their place on the server. Neither may end on the browser's own error page.
 */
type Load<Props> = () => Promise<ComponentType<Props>>;

const lazyText = texts(() => ({
  lost: t`This part of Galley is not on your device yet, and Galley can't be reached. Try again when the connection is back.`,
}));

const reloadedKey = "galley.reloaded";
/** One reload in this time: a server that lacks its own files must not reload a page for ever. */
const reloadEveryMs = 60_000;

/** Whether Galley answers at all; then the part is gone, not the way to it. */
async function answers(): Promise<boolean> {
  try {
    // oxlint-disable-next-line no-restricted-globals -- asks whether anybody is there, of no route of the API
    return (await fetch("/health", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/** Of a newer version the page is loaded anew, once, where one was going to. */
async function orTell(cause: unknown): Promise<never> {
  if (await answers()) {
    const last = Number(readSession(reloadedKey) ?? "0");
    if (Date.now() - last > reloadEveryMs) {
      writeSession(reloadedKey, String(Date.now()));
      globalThis.location.reload();
      return new Promise<never>(() => {});
    }
    throw cause;
  }
  reportConnection("lost");
  throw new ApiError({ status: 0, code: "network.lost", message: lazyText.lost });
}

const failed = new Set<() => void>();

/** Lets screens that did not come be asked for again. */
export function askAgain(): void {
  for (const forget of failed) forget();
  failed.clear();
}

/**
 * A screen for the router, which loads it beside its data, and ahead where a pointer rests on a link: then it may fail
 * in silence. Only where it is to be shown, what keeps it away is told in its place.
 */
export function lazyScreen(load: Load<object>): (() => ReactElement) & { preload: () => Promise<void> } {
  let pending: Promise<ComponentType<object>> | null = null;
  let told: Promise<ComponentType<object>> | null = null;
  let loaded: ComponentType<object> | null = null;

  function forget(): void {
    pending = null;
    told = null;
  }

  function ask(): Promise<ComponentType<object>> {
    pending ??= load().then(
      (component) => {
        loaded = component;
        return component;
      },
      (error: unknown) => {
        failed.add(forget);
        throw error;
      },
    );
    return pending;
  }

  function Screen() {
    told ??= ask().catch(orTell);
    return createElement(loaded ?? use(told));
  }
  Screen.preload = () =>
    ask().then(
      () => undefined,
      () => undefined,
    );
  return Screen;
}

/** A window over the screen, which stays as it is where the window does not come: a message says why. */
export function lazyWindow<Props extends { onClose: () => void }>(load: Load<Props>): ComponentType<Props> {
  return function Window(props: Props) {
    const [Loaded, setLoaded] = useState<ComponentType<Props> | null>(null);
    const giveUp = useEffectEvent((error: unknown) => {
      toast.error(error instanceof Error ? error.message : lazyText.lost);
      props.onClose();
    });
    useEffect(() => {
      let wanted = true;
      load()
        .catch(orTell)
        .then(
          (component) => (wanted ? setLoaded(() => component) : undefined),
          (error: unknown) => (wanted ? giveUp(error) : undefined),
        );
      return () => {
        wanted = false;
      };
    }, []);
    return Loaded ? <Loaded {...props} /> : <HeldShortcuts />;
  };
}
