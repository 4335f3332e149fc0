import { listenToClock, type ListenedTo, platformSkewMs } from "#connectors";
import { type Actor, durationInWords, GalleyError } from "#kit";
import { databaseTime } from "#platform/db";
import type { DoctorDeps, Open } from "../deps.ts";
import type { Channel } from "../model/channel.ts";
import type { DoctorFinding } from "./finding.ts";

/** Others are asked only where a clock is wrong, and two that agree are enough. */
const enoughVoices = 2;
const mostAsked = 6;
const voicePatienceMs = 10_000;

/** What time it is for the database, from one reading; and how far this machine's clock is ahead of it. */
export type DatabaseTime = { now: () => number; machineAheadMs: number };

export async function readDatabaseTime({
  database,
  clock,
}: Pick<DoctorDeps, "database" | "clock">): Promise<DatabaseTime> {
  const asked = clock.now().getTime();
  const at = (await databaseTime(database.system)).getTime();
  const machineAheadMs = (asked + clock.now().getTime()) / 2 - at;
  const since = performance.now();
  return { now: () => at + performance.now() - since, machineAheadMs };
}

/** A server's clock, and how far it is ahead of the database's, in milliseconds. */
type Heard = { host: string; aheadMs: number };
type Voice = Heard & { platform: string };

export type Listening = {
  open: Open;
  /** By the answer that differed most; null where none told the time. */
  heard: () => Heard | null;
};

/** Hears what time it is where a channel's calls go. */
export function listening({ open }: Pick<DoctorDeps, "open">, now: () => number): Listening {
  let clock: ListenedTo | null = null;
  let host = "";
  return {
    open: async (...given) => {
      const opened = await open(...given);
      const { connector, context } = opened;
      // Where Galley runs the platform itself, its clock is this machine's.
      if (connector.settling(context).builtIn) return opened;
      const listened = listenToClock(context.http, now);
      clock = listened;
      const http: typeof context.http = {
        request: (request) => {
          ({ host } = new URL(request.url));
          return listened.http.request(request);
        },
      };
      return { ...opened, context: { ...context, http } };
    },
    heard: () => {
      const aheadMs = clock?.aheadMs() ?? null;
      return aheadMs === null ? null : { host, aheadMs };
    },
  };
}

/** Says whose clock is wrong, where the channel's own platform told one. */
export async function examineClocks(
  deps: DoctorDeps,
  actor: Actor,
  channel: Channel,
  { heard, time }: { heard: Heard | null; time: DatabaseTime },
): Promise<DoctorFinding[]> {
  if (heard === null) return [];
  const { machineAheadMs } = time;
  const others = agree(heard.aheadMs, 0) ? [] : await otherVoices(deps, { actor, channel }, { heard, time });
  const platform = { platform: nameOf(deps, channel), ...heard };
  return [judgeClocks({ platform, machineAheadMs, others })];
}

/** Of other servers than this channel's: one channel each, other platforms first. What does not answer has no voice. */
async function otherVoices(
  deps: DoctorDeps,
  { actor, channel }: { actor: Actor; channel: Channel },
  { heard, time }: { heard: Heard; time: DatabaseTime },
): Promise<Voice[]> {
  const all = await deps.list(actor.workspaceId);
  const others = all
    .filter(({ id, status }) => id !== channel.id && status === "connected")
    .toSorted(
      (left, right) =>
        Number(left.connector === channel.connector) - Number(right.connector === channel.connector),
    );
  const voices: Voice[] = [];
  for (const other of others.slice(0, mostAsked)) {
    const voice = await voiceOf(deps, other, time);
    if (voice !== null && ![heard, ...voices].some(({ host }) => host === voice.host)) voices.push(voice);
    if (voices.length === enoughVoices) break;
  }
  return voices;
}

async function voiceOf(deps: DoctorDeps, channel: Channel, time: DatabaseTime): Promise<Voice | null> {
  const listened = listening(deps, time.now);
  try {
    const signal = AbortSignal.timeout(voicePatienceMs);
    const { connector, context } = await listened.open(channel.workspaceId, channel.id, signal, {
      whilePaused: true,
    });
    await connector.probe(context);
  } catch (error) {
    // A refusal tells the time as well.
    if (!(error instanceof GalleyError)) throw error;
  }
  const told = listened.heard();
  return told && { platform: nameOf(deps, channel), ...told };
}

function nameOf({ connectors }: DoctorDeps, { connector }: Channel): string {
  return connectors.get(connector)?.name ?? connector;
}

export type Clocks = {
  /** Whose clock is examined. */
  platform: Voice;
  /** How far this machine's clock is ahead of the database's, in milliseconds. */
  machineAheadMs: number;
  others: readonly Voice[];
};

/** Whose clock is wrong, by how much, and what to do. Clocks agree that differ by two minutes at most. */
export function judgeClocks({ platform, machineAheadMs, others }: Clocks): DoctorFinding {
  const { aheadMs } = platform;
  const name = names([platform]);
  const isMachineWithDatabase = agree(machineAheadMs, 0);
  if (agree(aheadMs, 0)) {
    if (isMachineWithDatabase) return finding("ok", `${name} and Galley agree on the time.`, "");
    const problem = `The clock of the machine that Galley runs on is ${side(machineAheadMs)} those of the database and of ${name}.`;
    return finding("error", problem, setRight("clock of the machine that Galley runs on"));
  }
  const against = others.filter((voice) => agree(voice.aheadMs, aheadMs));
  const agreeing = others.filter((voice) => agree(voice.aheadMs, 0));
  // Often this machine is the database's too, and then says nothing for it.
  const isMachineAgainst = agree(machineAheadMs, aheadMs);
  const balance = against.length + Number(isMachineAgainst) - agreeing.length;
  if (balance < 0) return platformIsWrong(name, aheadMs, names(agreeing));
  if (balance > 0) {
    const whose = isMachineWithDatabase
      ? "The clocks of Galley's machine and of its database are"
      : "The database's clock is";
    const right = `${names([platform, ...against])}${isMachineAgainst ? " and this machine" : ""}`;
    const problem = `${whose} ${side(-aheadMs)} ${right}, so posts go out at the wrong time.`;
    const which = isMachineWithDatabase
      ? "clocks of the machines that Galley and its database run on"
      : "clock of the machine that the database runs on";
    return finding("error", problem, setRight(which));
  }
  const problem = `The clock of ${name} is ${side(aheadMs)} Galley's, and nothing tells which of them is right. ${asksOfPeople}`;
  const fix = `Compare the time of the machine that the database runs on (date -u) with a clock that you trust. Where it is wrong, set it by a time service (NTP); where it is right, the other one is theirs to mend.`;
  return finding("warning", problem, fix);
}

const asksOfPeople = "Where an answer is lost there, you are asked whether the post is out.";

function platformIsWrong(name: string, aheadMs: number, agreeing: string): DoctorFinding {
  const problem = `The clock of ${name} is ${side(aheadMs)} Galley's and that of ${agreeing}. ${asksOfPeople}`;
  return finding(
    "warning",
    problem,
    "Whoever runs that server should set its clock by a time service (NTP). Yours is right.",
  );
}

function agree(left: number, right: number): boolean {
  return Math.abs(left - right) <= platformSkewMs;
}

function finding(level: DoctorFinding["level"], problem: string, fix: string): DoctorFinding {
  return { level, code: "doctor.clock", problem, fix, at: null };
}

function side(aheadMs: number): string {
  return `${durationInWords(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead of" : "behind"}`;
}

function names(voices: readonly Voice[]): string {
  return voices.map(({ platform, host }) => `${platform} (${host})`).join(" and ");
}

function setRight(which: string): string {
  return `Set the ${which} by a time service (NTP), for example with: timedatectl set-ntp true.`;
}
