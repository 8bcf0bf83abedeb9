import { startSession } from "../../src/app/start-session.ts";
import { composeWorld } from "../../src/entry/compose.ts";
import type { World } from "../../src/port/world.ts";
import { makeSessionSteps } from "../support/make-session-steps.ts";

/**
 * Plays a session in a workspace until a certain moment, and dies there by SIGKILL: `answer N`, before answer N is given;
 * `event KIND`, inside the transaction that appends the first event of that kind.
 */
const [root = "", moment, mark] = process.argv.slice(2);
const { world } = await composeWorld({ start: root, exact: true, report: () => {}, signal: new AbortController().signal });
const die = (): void => void process.kill(process.pid, "SIGKILL");

const dying: World = {
  ...world,
  box: { probe: async () => ({ ok: false, reason: "none in this test", remedy: "none" }), run: world.box.run },
  store: {
    ...world.store,
    write: (body) =>
      world.store.write((tx) => {
        const append: typeof tx.append = async (event) => {
          const appended = await tx.append(event);
          if (moment === "event" && event.kind === mark) die();
          return appended;
        };
        return body(new Proxy(tx, { get: (target, key) => (key === "append" ? append : Reflect.get(target, key)) }));
      }),
  },
};

let answered = 0;
await startSession(dying, {
  ...makeSessionSteps(),
  interviewer: {
    authority: "operator",
    mayAnswerSealed: true,
    answer: async ({ decision }) => {
      answered += 1;
      if (moment === "answer" && answered === Number(mark)) die();
      return { kind: "chosen", option: decision.candidate.options[0]?.id ?? "", note: `first life, answer ${answered}` };
    },
  },
});
