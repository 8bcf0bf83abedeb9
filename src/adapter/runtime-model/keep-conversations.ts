import type { ModelMessage } from "ai";
import type { Play } from "../../port/role-runtime.ts";

const keptMax = 8;

export interface Conversations {
  /** Once: whoever goes on with it keeps it anew. Another role's or domain's is nobody's. */
  take(play: Play): ModelMessage[] | undefined;
  /** Gives its name. */
  keep(play: Play, messages: ModelMessage[]): string;
}

/** The last conversations of this process, so that a run may go on with one; what is older begins anew. */
export function keepConversations(): Conversations {
  const kept = new Map<string, { whose: string; messages: ModelMessage[] }>();
  const whoseIs = ({ role, domain, ticket }: Play) => JSON.stringify([role, domain, ticket]);
  return {
    take(play) {
      const { conversation } = play;
      const found = conversation === undefined ? undefined : kept.get(conversation);
      if (conversation === undefined || found?.whose !== whoseIs(play)) return undefined;
      kept.delete(conversation);
      return found.messages;
    },
    keep(play, messages) {
      kept.set(play.id, { whose: whoseIs(play), messages });
      for (const oldest of [...kept.keys()].slice(0, -keptMax)) kept.delete(oldest);
      return play.id;
    },
  };
}
