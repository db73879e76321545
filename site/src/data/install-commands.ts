import type { VersionPage } from "./port.ts";

export interface InstallCommand {
  readonly client: string;
  readonly command: string;
  readonly note: string;
}

/** One line for each door that serves this version, in the order most people want them: of stock clients alone. */
export function installCommands(version: VersionPage, publicUrl: string): InstallCommand[] {
  const { install, archives, name } = version;
  const commands: InstallCommand[] = [];
  if (install.scope !== null) {
    commands.push({
      client: "skills",
      command: `DISABLE_TELEMETRY=1 npx skills add ${quoted(publicUrl + install.scope)}`,
      note: "Installs into the agents that it finds. Without the variable this client reports names and addresses to its vendor.",
    });
  }
  if (install.git !== null) {
    commands.push({
      client: "git",
      command: `git clone --depth 1 --branch ${quoted(install.gitTag)} ${quoted(publicUrl + install.git)}`,
      note: "The store of published versions only.",
    });
  }
  const tar = archives.find((archive) => archive.format === "tar.gz");
  if (tar !== undefined) {
    commands.push({
      client: "curl",
      command: `mkdir -p ${quoted(name)} && curl -fsS ${quoted(publicUrl + tar.href)} | tar -xz -C ${quoted(name)}`,
      note: "The same bytes for everyone, for ever.",
    });
  }
  return commands;
}

/** For `sh`: untouched when it needs no quotes. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
