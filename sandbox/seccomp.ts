import { createHash } from "node:crypto";

// What a case may ask of the kernel. Everything that is not named here answers EPERM: ptrace and process_vm_*,
// io_uring, namespaces, mounts, keys, bpf, perf, userfaultfd, modules, handles of files, other processes' descriptors,
// System V's memory and queues (they outlive their processes and hold memory), and whatever the kernel learns later.

const FILES = `access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64
  fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fremovexattr
  fsetxattr fstat fstatfs fsync ftruncate futimesat getcwd getdents getdents64 getxattr inotify_add_watch inotify_init
  inotify_init1 inotify_rm_watch ioctl lchown lgetxattr link linkat listxattr llistxattr lremovexattr lseek lsetxattr
  lstat mkdir mkdirat mknod mknodat newfstatat open openat openat2 pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev
  pwritev2 read readahead readlink readlinkat readv removexattr rename renameat renameat2 rmdir sendfile setxattr splice
  stat statfs statx symlink symlinkat sync sync_file_range syncfs tee truncate umask unlink unlinkat utime utimensat
  utimes vmsplice write writev memfd_create`;

const MEMORY = `brk madvise map_shadow_stack membarrier mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock
  munlockall munmap pkey_alloc pkey_free pkey_mprotect mseal`;

const PROCESSES = `alarm arch_prctl capget capset execve execveat exit exit_group fork futex futex_requeue futex_wait
  futex_waitv futex_wake get_robust_list get_thread_area getcpu getegid geteuid getgid getgroups getitimer getpgid
  getpgrp getpid getppid getpriority getresgid getresuid getrlimit getrusage getsid gettid getuid kill landlock_add_rule
  landlock_create_ruleset landlock_restrict_self pause pidfd_open pidfd_send_signal prctl prlimit64 restart_syscall
  rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
  rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
  sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield
  seccomp set_robust_list set_thread_area set_tid_address setfsgid setfsuid setgid setgroups setitimer setpgid
  setpriority setregid setresgid setresuid setreuid setrlimit setsid setuid sigaltstack signalfd signalfd4 sysinfo
  tgkill time times tkill uname vfork wait4 waitid waitpid`;

const WAITING = `clock_getres clock_gettime clock_nanosleep epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait
  epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 getrandom gettimeofday nanosleep poll ppoll pselect6 select
  timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime`;

const TALKING = `accept accept4 bind connect getpeername getsockname getsockopt listen mq_getsetattr mq_notify mq_open
  mq_timedreceive mq_timedsend mq_unlink recvfrom recvmmsg recvmsg sendmmsg sendmsg sendto setsockopt shutdown
  socketpair`;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const NAMESPACES = 0x7e_02_00_00;
/** Unix, IPv4, IPv6 and netlink (which lists interfaces). Not vsock, which would reach the hypervisor. */
const FAMILIES = [1, 2, 10, 16];
const ENOSYS = 38;

const allow = (names: readonly string[], args: readonly object[] = []) => ({
  names,
  action: "SCMP_ACT_ALLOW",
  args,
});
const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");

/**
 * The list as the engine takes it. With `mayTrace`, a process may also trace another: for observing what a skill does,
 * never for a verdict.
 */
export function seccompProfile({ mayTrace = false } = {}): string {
  return JSON.stringify({
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 1,
    archMap: [
      { architecture: "SCMP_ARCH_X86_64", subArchitectures: [] },
      { architecture: "SCMP_ARCH_AARCH64", subArchitectures: [] },
    ],
    syscalls: [
      allow([FILES, MEMORY, PROCESSES, WAITING, TALKING].flatMap(words)),
      allow(["clone"], [{ index: 0, value: NAMESPACES, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }]),
      // Its flags lie in memory, where no filter sees them; without it, libraries use clone.
      { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS, args: [] },
      ...FAMILIES.map((value) => allow(["socket"], [{ index: 0, value, op: "SCMP_CMP_EQ" }])),
      allow(["personality"], [{ index: 0, value: 0, op: "SCMP_CMP_EQ" }]),
      allow(["personality"], [{ index: 0, value: 0xff_ff_ff_ff, op: "SCMP_CMP_EQ" }]),
      ...(mayTrace ? [allow(["ptrace", "process_vm_readv"])] : []),
    ],
  });
}

/** SHA-256 in hex of a list of system calls. */
export function digestSeccomp(profile: string): string {
  return createHash("sha256").update(profile).digest("hex");
}
