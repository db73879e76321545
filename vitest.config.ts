import { defineConfig } from "vitest/config";

/** What a suite needs decides its project: `unit` nothing, `engine` Docker, `db` a Postgres cluster, `journey` all. */
export default defineConfig({
  test: {
    reporters: ["default"],
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "registry-app/**/*.test.ts",
            "sandbox/**/*.test.ts",
            "github-app/**/*.test.ts",
            "site/**/*.test.ts",
            "scripts/**/*.test.ts",
          ],
          exclude: [
            "**/*.db.test.ts",
            "**/*.engine.test.ts",
            "**/journeys/**",
            "**/node_modules/**",
            "**/dist/**",
          ],
          // Some start processes, and a machine may do other work too: how long a test takes is no result of it.
          testTimeout: 30_000,
          // The default leaves a core idle, which on two is half of them.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "engine",
          include: ["sandbox/**/*.engine.test.ts", "registry-app/**/*.engine.test.ts"],
          testTimeout: 60_000,
          // The first of them may have to build the image.
          hookTimeout: 600_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: "db",
          include: ["registry-app/**/*.db.test.ts"],
          globalSetup: ["registry-app/test/cluster.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "journey",
          include: ["registry-app/test/journeys/**/*.test.ts"],
          globalSetup: ["registry-app/test/cluster.ts"],
          testTimeout: 120_000,
          // Some prepare a whole registry, and a machine may do other work too.
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
