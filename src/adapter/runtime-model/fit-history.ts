import type { ModelMessage } from "ai";

const leftOut = "[left out: it was long ago. Read it again where you need it.]";

/**
 * Answers of tools stay within a bound: the oldest first, they are left out until half of it is free, so that what a provider
 * keeps of the beginning is not broken at every turn. What was asked and said stays, and has bounds of its own: counted here, a
 * long task would leave its run no answer but the last.
 */
export function fitHistory(messages: ModelMessage[], charsMax: number): ModelMessage[] {
  let chars = messages.reduce((sum, message) => sum + (message.role === "tool" ? countChars(message) : 0), 0);
  if (chars <= charsMax) return messages;
  return messages.map((message, at) => {
    if (message.role !== "tool" || at === messages.length - 1 || chars <= charsMax / 2) return message;
    const shorter: ModelMessage = {
      ...message,
      content: message.content.map((part) =>
        part.type === "tool-result" ? { ...part, output: { type: "text" as const, value: leftOut } } : part,
      ),
    };
    chars += countChars(shorter) - countChars(message);
    return shorter;
  });
}

const counted = new WeakMap<ModelMessage, number>();

/** Once for each message: none is changed after it was said. */
function countChars(message: ModelMessage): number {
  const known = counted.get(message);
  if (known !== undefined) return known;
  const { content } = message;
  const chars = typeof content === "string" ? content.length : content.reduce((sum, part) => sum + JSON.stringify(part).length, 0);
  counted.set(message, chars);
  return chars;
}
