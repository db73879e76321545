import type { Fact, Layer } from "../facts.ts";
import type { Call, Definition, Expr, Program, ProgramLanguage, Step } from "./ir.ts";
import { GIVES, type Draft, type OperationTable, type Outcome } from "./operations.ts";
import { memberCalled, methodOf, takeIn } from "./take-in.ts";
import {
  either,
  factsValue,
  joined,
  factsOf,
  joinFacts,
  mixed,
  stepsFor,
  textValue,
  UNKNOWN,
  type Value,
} from "./value.ts";
import { contentOf } from "./written-files.ts";

/** Steps and expressions that are followed in one program. */
const MAX_WORK = 200_000;
const MAX_CALL_DEPTH = 6;
const MAX_EXPR_DEPTH = 120;
const MAX_FACTS = 4_000;

/** Where a program stands, and how to tell of its lines. */
export type Where = {
  readonly file: string;
  readonly via: readonly Layer[];
  readonly lineAt: (line: number) => number;
  readonly excerptAt: (line: number) => string;
};

export type Uncovered = {
  readonly text: string;
  readonly line: number;
  readonly via: readonly Layer[];
  readonly language?: ProgramLanguage;
};

export type Trace = {
  readonly facts: readonly Fact[];
  readonly uncovered: readonly Uncovered[];
  /** False when the program was too long to be followed to its end. */
  readonly isWhole: boolean;
};

type Names = Map<string, Value>;
type State = {
  readonly table: OperationTable;
  readonly where: Where;
  readonly facts: Fact[];
  readonly uncovered: Uncovered[];
  readonly files: Map<string, Value>;
  readonly definitions: Map<string, Definition>;
  readonly called: Set<Definition>;
  /** Facts of the tests that the step at hand stands behind. */
  guards: readonly Fact[];
  work: number;
  depth: number;
  /** The line of the call or step that is being worked out; names carry none of their own. */
  line: number;
};

/** Follows the values of a program and says what its calls do, by the table of its language. */
export function traceProgram(program: Program, table: OperationTable, where: Where): Trace {
  const state: State = {
    table,
    where,
    facts: [],
    uncovered: [],
    files: new Map(),
    definitions: new Map(),
    called: new Set(),
    guards: [],
    work: 0,
    depth: 0,
    line: 1,
  };
  const names: Names = new Map();
  walk(state, program.steps, names);
  // What is only called from elsewhere still does what it does.
  for (const definition of state.definitions.values()) {
    if (!state.called.has(definition)) callDefinition(state, definition, [], names);
  }
  return {
    facts: state.facts,
    uncovered: state.uncovered,
    isWhole: program.isWhole && state.work < MAX_WORK && state.facts.length < MAX_FACTS,
  };
}

function isSpent(state: State): boolean {
  state.work += 1;
  return state.work >= MAX_WORK || state.facts.length >= MAX_FACTS;
}

/** Walks steps; gives what they return. */
function walk(state: State, steps: readonly Step[], names: Names): Value {
  let returned: Value = UNKNOWN;
  for (const step of steps) if (step.kind === "define") define(state, step.name, step.value, names);
  for (const step of steps) {
    if (isSpent(state)) break;
    if (step.kind !== "define") state.line = step.line;
    if (step.kind === "assign")
      assign(state, step.names, evaluate(state, step.value, names, 0), names);
    else if (step.kind === "do") evaluate(state, step.value, names, 0);
    else if (step.kind === "return")
      returned = either(returned, evaluate(state, step.value, names, 0));
    else if (step.kind === "block") returned = either(returned, walkBlock(state, step, names));
  }
  return returned;
}

function define(state: State, name: string, definition: Definition, names: Names): void {
  state.definitions.set(name, definition);
  names.set(name, { ...UNKNOWN, definition });
}

function assign(state: State, targets: readonly string[], value: Value, names: Names): void {
  state.work += stepsFor(value);
  for (const [at, target] of targets.entries()) {
    const own = targets.length > 1 ? (value.items?.[at] ?? factsValue(value.facts)) : value;
    // `text += part` and the like lose nothing of what the name held before.
    names.set(target, own);
    if (own.definition === null) continue;
    state.definitions.set(target, own.definition);
    // `socket.onmessage = (event) => …`: what the socket brings is what it gets.
    const giver = names.get(target.slice(0, Math.max(0, target.lastIndexOf("."))));
    if (giver !== undefined && giver.facts.length > 0)
      callDefinition(state, own.definition, [factsValue(giver.facts)], names);
  }
}

function walkBlock(state: State, step: Extract<Step, { kind: "block" }>, names: Names): Value {
  const test = step.test === null ? UNKNOWN : evaluate(state, step.test, names, 0);
  const before = state.guards;
  const senses = test.facts.filter((fact) => fact.op === "sense");
  state.guards = [...before, ...senses];
  for (const [at, name] of step.each.entries()) {
    const items = (test.items ?? []).map((one) =>
      step.each.length > 1 ? (one.items?.[at] ?? one) : one,
    );
    names.set(
      name,
      items.length > 0 ? items.reduce(either) : { ...factsValue(test.facts), text: test.text },
    );
  }
  const each = eachValue(state, step, test, names);
  if (each !== null) {
    state.guards = before;
    return each;
  }
  const otherwise = new Map(names);
  const first = walk(state, step.body, names);
  state.guards = before;
  const second = walk(state, step.otherwise, otherwise);
  for (const [name, value] of otherwise) {
    const own = names.get(name);
    names.set(name, own === undefined ? value : either(own, value));
  }
  return either(first, second);
}

/** Items that are worked out one by one in a comprehension; more than that are taken together. */
const MAX_ITEMS = 4_000;

/** What a comprehension gives over a list or a text that is known: a value for each. */
function eachValue(
  state: State,
  step: Extract<Step, { kind: "block" }>,
  test: Value,
  names: Names,
): Value | null {
  const [only] = step.body;
  const [name] = step.each;
  const isOne = step.how === "loop" && step.body.length === 1 && step.each.length === 1;
  if (!isOne || only?.kind !== "return" || name === undefined) return null;
  const letters = test.text === null ? null : [...test.text].map((one) => textValue(one));
  const items = test.items !== null && !test.isRow ? test.items : letters;
  if (items === null || items.length === 0 || items.length > MAX_ITEMS) return null;
  return mixed(
    items.map((item) => {
      names.set(name, item);
      return evaluate(state, only.value, names, 0);
    }),
  );
}

function evaluate(state: State, expr: Expr, names: Names, depth: number): Value {
  if (isSpent(state) || depth > MAX_EXPR_DEPTH) return UNKNOWN;
  const inside = (one: Expr) => evaluate(state, one, names, depth + 1);
  switch (expr.kind) {
    case "text":
      return textValue(expr.value);
    case "name":
      return nameValue(state, expr.name, names);
    case "join":
      return joined(expr.parts.map(inside));
    case "group":
      return mixed(expr.parts.map(inside));
    case "index":
      return indexValue(state, expr, inside(expr.key), inside, names);
    case "function":
      return { ...UNKNOWN, definition: expr };
    case "call":
      return callValue(state, expr, names, inside);
  }
}

function nameValue(state: State, name: string, names: Names): Value {
  const own = names.get(name);
  if (own !== undefined) return own;
  const outcome = state.table.nameOf(name);
  if (outcome !== undefined) return settle(state, outcome, [], state.line);
  // `self.key.path` holds what `self.key` holds.
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? UNKNOWN : factsValue(nameValue(state, name.slice(0, dot), names).facts);
}

function indexValue(
  state: State,
  expr: Extract<Expr, { kind: "index" }>,
  key: Value,
  inside: (one: Expr) => Value,
  names: Names,
): Value {
  if (expr.of.kind === "name" && key.text !== null && !names.has(expr.of.name)) {
    const outcome = state.table.indexOf(expr.of.name, key.text);
    if (outcome !== undefined) return settle(state, outcome, [], state.line);
  }
  const of = inside(expr.of);
  const at =
    key.text !== null && /^\d{1,6}$/.test(key.text) ? of.items?.[Number(key.text)] : undefined;
  const path = of.text !== null && key.text !== null ? `${of.text}.${key.text}` : "";
  if (state.table.isMember?.(path) === true) return textValue(path, joinFacts(of.facts, key.facts));
  return at ?? factsValue(joinFacts(of.facts, key.facts));
}

function callValue(state: State, call: Call, names: Names, inside: (one: Expr) => Value): Value {
  const before = state.line;
  state.line = call.line;
  const on = call.on === null ? receiverOf(state, call.callee, names) : inside(call.on);
  const args = call.args.map(inside);
  const named = Object.fromEntries(
    Object.entries(call.named).map(([key, one]) => [key, inside(one)]),
  );
  state.line = call.line;
  const value = apply(state, call, { on, args, named }, names);
  state.line = before;
  return value;
}

type Parts = {
  readonly on: Value;
  readonly args: readonly Value[];
  readonly named: Readonly<Record<string, Value>>;
};

function apply(state: State, call: Call, { on, args, named }: Parts, names: Names): Value {
  const all = [on, ...args, ...Object.values(named)];
  const local = names.get(call.callee)?.definition ?? state.definitions.get(call.callee);
  // A command whose name is put together: `$T https://…`, `"cu""rl"`.
  const isKnown = state.table.isMember ?? (() => false);
  const callee =
    call.callee === ""
      ? (on.text ?? "")
      : (memberCalled(call.callee, on, names, isKnown) ?? call.callee);
  const reader = local === undefined || local === null ? state.table.readerOf(callee) : undefined;
  const flows = factsOf(all);
  takeIn(call, args, names);
  const each = eachMapped(state, callee, on, args, names);
  if (each !== null) return each;
  if (reader === undefined) {
    const own = local ?? on.definition ?? methodOf(state.definitions, callee);
    for (const arg of args)
      if (arg.definition !== null && own === null)
        callDefinition(state, arg.definition, [factsValue(flows)], names);
    return own === null || own === undefined
      ? { ...factsValue(flows), items: null }
      : callDefinition(state, own, args, names, named["stdin"]);
  }
  const outcome = reader({
    callee,
    on,
    args,
    named,
    contentOf: (path) => (path === null ? UNKNOWN : contentOf(state.files, path)),
    valueOf: (name) => names.get(name) ?? UNKNOWN,
  });
  const value = settle(state, outcome, flows, call.line);
  if (value.facts.some((fact) => fact.class === "socket")) takeIn(call, [value], names);
  // What is handed in to be called gets what the call brings: `get(url, (answer) => …)`.
  const given = factsValue(joinFacts(value.facts, flows));
  for (const arg of [...args, ...Object.values(named)])
    if (arg.definition !== null) callDefinition(state, arg.definition, [given, given], names);
  return value;
}

/** `codes.map((code) => …)` over items that are known: a value for each. */
function eachMapped(
  state: State,
  callee: string,
  on: Value,
  [how]: readonly Value[],
  names: Names,
): Value | null {
  const definition = how?.definition ?? null;
  const items = on.items ?? [];
  if (!callee.endsWith(".map") || definition === null || on.isRow) return null;
  if (items.length === 0 || items.length > MAX_ITEMS) return null;
  return mixed(items.map((item) => callDefinition(state, definition, [item], names)));
}

function receiverOf(state: State, callee: string, names: Names): Value {
  const dot = callee.lastIndexOf(".");
  if (dot <= 0) return UNKNOWN;
  const path = callee.slice(0, dot);
  // `os.environ.get("A")` asks for one variable, and does not take the environment.
  const isWhole = state.table.nameOf(path)?.drafts.some(({ op }) => op === "read-environment");
  return isWhole === true && !names.has(path) ? UNKNOWN : nameValue(state, path, names);
}

function callDefinition(
  state: State,
  definition: Definition,
  args: readonly Value[],
  names: Names,
  stdin?: Value,
): Value {
  if (state.depth >= MAX_CALL_DEPTH || isSpent(state)) return mixed(args);
  state.called.add(definition);
  state.depth += 1;
  const own = new Map(names);
  for (const [at, param] of definition.params.entries()) own.set(param, args[at] ?? UNKNOWN);
  // A shell's function knows its arguments by number.
  for (const [at, arg] of args.entries()) own.set(String(at + 1), arg);
  if (stdin !== undefined) own.set("stdin", stdin);
  const value = walk(state, definition.body, own);
  state.depth -= 1;
  for (const [name, kept] of own) {
    if (names.has(name) || name.includes(".")) names.set(name, kept);
  }
  return value;
}

/** Turns what a table said into facts, and gives the value of the call. */
function settle(state: State, outcome: Outcome, flows: readonly Fact[], line: number): Value {
  const sources = outcome.drafts.filter((draft) => GIVES.has(draft.op));
  const taken = sources.map((draft) => makeFact(state, draft, flows, line));
  const sinks = outcome.drafts.filter((draft) => !GIVES.has(draft.op));
  // What a call reads by itself goes where it sends or writes: `curl -T file`, `cp key copy`.
  const made = [
    ...taken,
    ...sinks.map((draft) => {
      const from = joinFacts(taken, draft.from ?? flows);
      return makeFact(state, { ...draft, from }, flows, line);
    }),
  ];
  state.facts.push(...made);
  for (const one of outcome.inner ?? [])
    state.uncovered.push({
      text: one.text,
      line: state.where.lineAt(line),
      via: [...state.where.via, one.via],
      ...(one.language === undefined ? {} : { language: one.language }),
    });
  const given = made.filter((fact) => GIVES.has(fact.op));
  if (outcome.wrote !== undefined) {
    const { path, value } = outcome.wrote;
    const writes = made.filter((fact) => fact.op === "write");
    state.files.set(path, { ...value, facts: joinFacts(writes, value.facts) });
  }
  const carried = outcome.value ?? factsValue(flows);
  const text = outcome.text ?? outcome.value?.text ?? null;
  return { ...carried, text, facts: joinFacts(given, carried.facts) };
}

function makeFact(state: State, draft: Draft, flows: readonly Fact[], line: number): Fact {
  const { where } = state;
  const guarded = state.guards.length > 0 ? (["guarded"] as const) : [];
  return {
    op: draft.op,
    at: { file: where.file, line: where.lineAt(line), via: where.via },
    target: draft.target?.slice(0, 500) ?? null,
    class: draft.class ?? null,
    traits: [...new Set([...(draft.traits ?? []), ...guarded])],
    from: draft.from ?? flows,
    excerpt: where.excerptAt(line).slice(0, 200),
  };
}
