import { MIGRATIONS } from "../../migrations/index.ts";
import { migrate, startEmbedded } from "../../src/db/index.ts";
import { migrateQueue } from "../../src/queue/index.ts";
import { systemIds } from "../../src/runtime/index.ts";
import { EXIT, wrongUsage, type Command } from "../command.ts";

/** Brings the database's schema up to date. */
export const migrateCommand: Command = {
  summary: "bring the database's schema up to date",
  usage: "",
  help: [
    "",
    "Uses DATABASE_URL with the owner's name, else the embedded Postgres in ASSAY_HOME.",
    "Every process does it by itself when it starts; run it apart where only the owner may.",
  ],
  async run({ config, log, print, say }, [extra]) {
    if (extra !== undefined) throw wrongUsage("migrate", `"${extra}" has no place here.`);
    const embedded =
      config.databaseUrl === undefined
        ? await startEmbedded({ dir: config.home, log, ids: systemIds })
        : undefined;
    try {
      const url = config.databaseUrl ?? embedded?.url ?? "";
      const applied = await migrate({ url, log, migrations: MIGRATIONS, after: [migrateQueue] });
      for (const migration of applied) print({ migration }, `applied ${migration}`);
      const { host, pathname } = new URL(url);
      const where = embedded === undefined ? `${host}${pathname}` : `${config.home}/postgres`;
      say(applied.length === 0 ? `${where} is up to date.` : `${where} is now up to date.`);
      return EXIT.fine;
    } finally {
      await embedded?.stop();
    }
  },
};
