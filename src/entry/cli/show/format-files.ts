import { stripControl } from "./strip-control.ts";

/** Files as they would be written: each whole, but those that a program made for programs. */
export function formatFiles(files: readonly { readonly path: string; readonly content: string; readonly generated?: boolean }[]): string {
  return files
    .map(({ path, content, generated }) => {
      if (generated === true) return `── ${path} (made for your editor)`;
      return content.trim() === "" ? `── ${path} (empty)` : `── ${path}\n${indent(stripControl(content.trimEnd()))}`;
    })
    .join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "   ").replace(/ +$/gm, "");
}
