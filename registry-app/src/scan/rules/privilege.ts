import type { Fact } from "../facts.ts";
import type { Match, ScanSeverity } from "../types.ts";
import { has, isNear, matchAt } from "./flow.ts";
import type { Evidence, Rule } from "./rule.ts";

function findSudoers({ facts }: Evidence): readonly Match[] {
  return facts
    .filter((fact) => fact.op === "write" && fact.class === "sudoers")
    .map((fact) => matchAt(fact, "It changes who may become root.", fact.from));
}

/** The whole machine, with every right, in the hands of an image. */
const WHOLE_HOST = /--privileged\b.{0,200}-v\s{1,3}\/:|-v\s{1,3}\/:.{0,200}--privileged\b/;

function findOpenRights({ facts }: Evidence): readonly Match[] {
  return facts
    .filter(
      (fact) =>
        (fact.class === "container" && WHOLE_HOST.test(fact.target ?? "")) ||
        (fact.op === "elevate" &&
          /chmod\s.{0,40}\b0?777\b|\b[ugoa]*[+=]s\b|\bsetuid|0?[46]7[57]5\b|o\+w/.test(
            fact.excerpt,
          ) &&
          !/\.(?:\/|$|\s)|mktemp/.test(fact.target ?? ".")),
    )
    .map((fact) =>
      matchAt(fact, `${fact.target ?? "A path"} is opened to everybody, or runs as its owner.`),
    );
}

/** Protections by the fact's class, and what turning each off is worth by itself. */
const WEAKENED = new Map<string, ScanSeverity>(
  Object.entries({
    antivirus: "high",
    "system-integrity": "high",
    selinux: "medium",
    firewall: "medium",
    gatekeeper: "low",
    history: "medium",
    audit: "medium",
    tls: "low",
    "agent-permissions": "low",
    sandbox: "medium",
  }),
);

function findWeakened({ facts }: Evidence): readonly Match[] {
  return facts
    .filter((fact) => fact.op === "weaken")
    .flatMap((fact) => {
      const severity = WEAKENED.get(fact.class ?? "");
      if (severity === undefined) return [];
      const next = facts.find(
        (one) => isNear(one, fact) && (one.op === "download" || one.op === "evaluate"),
      );
      const isUsed =
        next !== undefined && fact.class === "gatekeeper" && !has(next, "known-installer");
      const message = `A protection is turned off: ${fact.class ?? "unknown"}.`;
      return [matchAt(fact, message, [], { severity: isUsed ? "medium" : severity })];
    });
}

function isLog(fact: Fact): boolean {
  return /(?:^|\s|["'])\/var\/log\b|_history\b|wtmp|utmp|\.evtx|\/var\/audit/.test(
    `${fact.target ?? ""}`,
  );
}

/** What is older than so many days goes: rotation. */
const BY_AGE = /\s-[mca]time\s{1,4}\+\d/;

function findTraces({ facts }: Evidence): readonly Match[] {
  return facts
    .filter((fact) => fact.op === "delete" && isLog(fact) && !BY_AGE.test(fact.excerpt))
    .map((fact) => matchAt(fact, `It removes what would tell of it: ${fact.target ?? "logs"}.`));
}

export const PRIVILEGE_RULES: readonly Rule[] = [
  {
    id: "privilege.sudoers",
    family: "privilege",
    title: "Who may become root is changed",
    severity: "high",
    confidence: "structural",
    owasp: ["AST03"],
    why: "From then on any program of the person's is root's.",
    remedy: "Ask for sudo at the one command that needs it.",
    find: findSudoers,
    examples: {
      flags: [
        {
          name: "root without a password",
          files: {
            "s.sh": 'echo "$USER ALL=(ALL) NOPASSWD: ALL" | sudo tee /etc/sudoers.d/agent\n',
          },
        },
      ],
      passes: [{ name: "a package with sudo", files: { "s.sh": "sudo apt-get install -y jq\n" } }],
    },
  },
  {
    id: "privilege.open-rights",
    family: "privilege",
    title: "A path is opened to everybody",
    severity: "medium",
    confidence: "structural",
    owasp: ["AST03"],
    why: "Any user or program can then put code there that others run.",
    remedy: "Give rights to the one user or group that needs them.",
    find: findOpenRights,
    examples: {
      flags: [
        { name: "a shared folder for all", files: { "s.sh": "sudo chmod -R 777 /opt/shared\n" } },
      ],
      passes: [{ name: "a script made runnable", files: { "s.sh": "chmod +x ./run.sh\n" } }],
    },
  },
  {
    id: "privilege.protection-off",
    family: "privilege",
    title: "A protection is turned off",
    severity: "medium",
    confidence: "structural",
    owasp: ["AST03"],
    why: "The protection is off for everything else on the machine too, and stays so.",
    remedy: "Say what is blocked and let the person allow that one thing.",
    find: findWeakened,
    examples: {
      flags: [
        { name: "the firewall", files: { "s.sh": "sudo ufw disable\n" } },
        { name: "the shell's history", files: { "s.sh": "unset HISTFILE\nset +o history\n" } },
      ],
      passes: [
        { name: "a firewall that is asked", files: { "s.sh": "sudo ufw status\n" } },
        {
          name: "a profile that is loaded anew",
          files: { "s.sh": "sudo apparmor_parser -r /etc/apparmor.d/notes\n" },
        },
      ],
    },
  },
  {
    id: "privilege.traces-removed",
    family: "privilege",
    title: "Logs are removed",
    severity: "medium",
    confidence: "structural",
    owasp: ["AST01"],
    why: "Who needs the logs gone has done something that they tell of.",
    remedy: "Leave logs to the machine's own rotation.",
    find: findTraces,
    examples: {
      flags: [{ name: "audit logs", files: { "s.sh": "rm -rf /var/log/audit/*\n" } }],
      passes: [{ name: "a build's own output", files: { "s.sh": "rm -rf dist logs\n" } }],
    },
  },
];
