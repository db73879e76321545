// What this machine offers to tests. A suite that needs something absent is skipped by name, with the command that enables it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";

const works = (command, args) =>
  spawnSync(command, args, { stdio: "ignore", timeout: 10_000 }).status === 0;

const reaches = (port) =>
  new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 1_000 });
    const end = (answer) => (socket.destroy(), resolve(answer));
    socket
      .on("connect", () => end(true))
      .on("error", () => end(false))
      .on("timeout", () => end(false));
  });

const reachesDocker = () => {
  const host = process.env.DOCKER_HOST || "unix:///var/run/docker.sock";
  const { protocol, hostname, port, pathname } = new URL(host);
  const at = protocol === "unix:" ? { socketPath: pathname } : { host: hostname, port };
  return new Promise((resolve) => {
    const asked = request({ ...at, path: "/_ping", timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on("error", () => resolve(false)).on("timeout", () => asked.destroy());
    asked.end();
  });
};

// As the sandbox does: every namespace and, as root, a cgroup of its own. Containers often allow neither.
const WRAPS = `
run="bwrap --unshare-all --unshare-user --disable-userns --cap-drop ALL --ro-bind / / --proc /proc --dev /dev true"
if [ "$(id -u)" -ne 0 ]; then exec $run; fi
if [ -e /sys/fs/cgroup/cgroup.controllers ]
then set -- /sys/fs/cgroup/assay-probe-$$
else set -- /sys/fs/cgroup/memory/assay-probe-$$ /sys/fs/cgroup/pids/assay-probe-$$
fi
mkdir "$@" || exit 1
sh -c 'for dir; do last=$dir; echo $$ >"$dir/cgroup.procs" || exit 1; done
  [ -e "$1/memory.max" ] || [ -e "$1/memory.limit_in_bytes" ] || exit 1
  echo 64 >"$last/pids.max" || exit 1
  exec '"$run" probe "$@"
status=$?
rmdir "$@"
exit $status`;

export const CAPABILITIES = [
  {
    name: "redis",
    suites: "the queue on Redis",
    enable: "apt-get install redis-server && redis-server --daemonize yes",
    present: () => (process.env.REDIS_URL ? true : reaches(6379)),
  },
  {
    name: "ssh-keygen",
    suites: "signatures made by OpenSSH and judged by git",
    enable: "apt-get install openssh-client",
    present: () => works("sh", ["-c", "command -v ssh-keygen"]),
  },
  {
    name: "gpg",
    suites: "OpenPGP signatures made by gpg and judged by git",
    enable: "apt-get install gnupg",
    present: () => works("sh", ["-c", "command -v gpg"]),
  },
  {
    name: "sshd",
    suites: "sources followed over ssh",
    enable: "apt-get install openssh-server openssh-client",
    present: () => works("sh", ["-c", "command -v ssh && test -x /usr/sbin/sshd"]),
  },
  {
    name: "docker",
    suites: "evals in the sandbox, and what the sandbox must hold",
    enable: "apt-get install docker.io && dockerd",
    present: () =>
      process.env.DOCKER_HOST || existsSync("/var/run/docker.sock") ? reachesDocker() : false,
  },
  {
    name: "bubblewrap",
    suites: "an author's own cases without Docker",
    enable: "apt-get install bubblewrap, on a machine that allows user namespaces and cgroups",
    present: () => works("sh", ["-c", WRAPS]),
    // The package can be installed; namespaces are the kernel's and the outer container's to allow, which no CI step mends.
    isOfMachine: true,
  },
  {
    name: "clamd",
    suites: "scans that clamd reviews",
    enable: "apt-get install clamav-daemon",
    present: () => existsSync("/usr/sbin/clamd"),
  },
  {
    name: "chromium",
    suites: "the pages in a browser",
    enable: "apt-get install chromium",
    present: () =>
      ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].some((path) =>
        existsSync(path),
      ),
  },
];

/** @returns {Promise<{name: string, suites: string, enable: string, present: boolean, isOfMachine?: boolean}[]>} */
export function probeCapabilities() {
  return Promise.all(CAPABILITIES.map(async (one) => ({ ...one, present: await one.present() })));
}
