import type { Watched, WatchedCase } from "../evals/index.ts";
import { makeVisible, type Observation } from "../scan/index.ts";

/** Kept of each list of a case. Who makes it longer may hide something behind it, so that it then counts as cut. */
const MAX_LISTED = 500;
const MAX_PROGRAMS = 100;
const MAX_TEXT = 300;

/** What is kept of what a version was seen to do: bounded, visible, and without what it sent. */
export function toObservation({ cases, unwatched }: Watched): Observation {
  return { cases: cases.map(toSeenCase), unwatched };
}

function toSeenCase({ caseId, file, observation }: WatchedCase): Observation["cases"][number] {
  const { hosts, secretsRead, leaks, programs, writesOutsideWork, traceState, notes } = observation;
  const isLong = [hosts, secretsRead, leaks, writesOutsideWork].some(
    ({ length }) => length > MAX_LISTED,
  );
  return {
    caseId,
    file,
    hosts: few(hosts).map(({ name, address, port, protocol, bytes }) => ({
      name: name === null ? null : tidy(name),
      address: address === null ? null : tidy(address),
      port,
      protocol,
      bytes,
    })),
    secretsRead: few(secretsRead).map(({ path }) => ({ path: tidy(path) })),
    leaks: few(leaks).map(({ place, to }) => ({ place: tidy(place), to: tidy(to) })),
    programs: programs.slice(0, MAX_PROGRAMS).map(({ argv }) => tidy(argv.join(" "))),
    writesOutsideWork: few(writesOutsideWork).map(tidy),
    traceState: isLong ? "cut" : traceState,
    notes: isLong
      ? [...notes, `It did more than the ${MAX_LISTED} things that are kept.`]
      : [...notes],
  };
}

const few = <T>(list: readonly T[]) => list.slice(0, MAX_LISTED);

function tidy(text: string): string {
  return makeVisible(text.slice(0, MAX_TEXT));
}
