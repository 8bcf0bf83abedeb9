import { distill } from "../../src/app/distill.ts";
import { openWikiWorld } from "../support/make-wiki-world.ts";

/** Distils the workspace whose root and homes are given, and says when it begins and ends: a process to be killed. */
const [root = "", homes = "{}"] = process.argv.slice(2);
const { world, remove } = await openWikiWorld(root, JSON.parse(homes));
process.stdout.write("begun\n");
await distill(world);
process.stdout.write("done\n");
await remove();
