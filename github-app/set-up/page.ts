import type { Manifest } from "./manifest.ts";
import {
  EVENTS,
  EXTRAS,
  OPTIONAL_PERMISSIONS,
  PERMISSIONS,
  type Extra,
  type Permission,
} from "./manifest.ts";
import { STYLE } from "./style.ts";

/** What a browser may do with these pages: nothing but show them, and send the manifest to GitHub. */
export function policyOf(formTarget: string): string {
  return `default-src 'none'; style-src 'unsafe-inline'; form-action ${new URL(formTarget).origin}; frame-ancestors 'none'; base-uri 'none'`;
}

/** The page that shows what GitHub will be asked for, and sends it there when somebody says so. */
export function askPage(wish: {
  readonly manifest: Manifest;
  /** Where GitHub takes it, with the state that it gives back. */
  readonly target: string;
  readonly extras: readonly Extra[];
}): string {
  const { manifest, target, extras } = wish;
  const rights = [...PERMISSIONS, ...extras.map((extra) => OPTIONAL_PERMISSIONS[extra])];
  const others = EXTRAS.filter((extra) => !extras.includes(extra));
  return pageOf(
    "Create the GitHub App",
    `<p>GitHub makes an App from what is below and gives its key to this machine, once. It is yours: you can change or
delete it in its settings, and it reaches only the repos that you install it on.</p>
<dl>
<dt>Name</dt><dd>${escape(manifest.name)}</dd>
<dt>Webhooks go to</dt><dd><code>${escape(manifest.hook_attributes.url)}</code></dd>
</dl>
<form method="post" action="${escape(target)}">
<input type="hidden" name="manifest" value="${escape(JSON.stringify(manifest))}">
<button>Create it on ${escape(new URL(target).host)}</button>
</form>
<h2>What it may do</h2>
${table(["Right", "What for"], rights.map(rightRow))}
${others.length === 0 ? "" : `<p>Not asked for:</p>\n<ul>${others.map(otherRow).join("\n")}</ul>`}
<h2>What it is told of</h2>
${table(
  ["Event", "Because"],
  EVENTS.map(({ event, because }) => [`<code>${escape(event)}</code>`, escape(because)]),
)}`,
  );
}

/** The page after GitHub made it. */
export function madePage(app: { readonly id: number; readonly url: string }): string {
  return pageOf(
    "The GitHub App is made",
    `<p>App ${app.id}. Its key and its webhook secret are on this machine, for its account alone.</p>
<ol>
<li><a href="${escape(`${app.url}/installations/new`)}">Install it</a> on the repos of your sources.</li>
<li>Start Assay again: it finds the key by itself.</li>
<li><code>npx assay github-app status</code> shows whether webhooks arrive.</li>
</ol>`,
  );
}

/** One fact about the line to GitHub, in words. */
export type HealthRow = {
  readonly label: string;
  readonly says: string;
  /** Lines below it. */
  readonly more: readonly string[];
};

/** How the App is. */
export function healthPage(rows: readonly HealthRow[]): string {
  const row = ({ label, says, more }: HealthRow) => {
    const below = more.map((line) => `<li><code>${escape(line)}</code></li>`).join("");
    return `<dt>${escape(label)}</dt><dd>${escape(says)}${below === "" ? "" : `<ul>${below}</ul>`}</dd>`;
  };
  return pageOf(
    "The GitHub App",
    `<dl>${rows.map(row).join("\n")}</dl>
<p><a href="/">Look again</a>. <code>npx assay github-app set-up --again</code> makes another App.</p>`,
  );
}

/** The page when that failed. */
export function failedPage(problem: string): string {
  return pageOf(
    "The GitHub App was not made",
    `<p>${escape(problem)}</p><p>Nothing was kept. <a href="/">Try again</a>; a code of GitHub holds for an hour and once.</p>`,
  );
}

function rightRow(one: Permission): readonly string[] {
  return [`<code>${escape(labelOf(one))}</code>`, escape(one.because)];
}

/** An option of the command, and the right that it would ask for. */
function otherRow(extra: Extra): string {
  const right = OPTIONAL_PERMISSIONS[extra];
  return `<li><code>--${extra}</code>: ${escape(labelOf(right))}, ${escape(right.because)}</li>`;
}

function labelOf({ name, access }: Permission): string {
  return `${name}: ${access}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string) =>
    `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
  return `<table><thead>${cells(head, "th")}</thead><tbody>${rows.map((row) => cells(row, "td")).join("\n")}</tbody></table>`;
}

function pageOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · Assay</title><style>${STYLE}</style></head>
<body><main><h1>${escape(title)}</h1>
${body}
</main></body></html>
`;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
