const lettersOf = "abcdefghijklmnopqrstuvwxyz ";

/**
 * So many files as a repository of several packages holds them: folders four to six deep with a dozen files each, of a few
 * hundred to a few thousand bytes, no two alike. The same count gives the same files.
 */
export function growForest(count: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let index = 0; index < count; index += 1) {
    const folder = Math.floor(index / 12);
    const module = Math.floor(folder / 6);
    const part = Math.floor(module / 10);
    const deep = folder % 3 === 0 ? "/lib/inner" : folder % 3 === 1 ? "/lib" : "";
    const path = `packages/part-${part}/src/module-${module % 10}/area-${folder % 6}${deep}/file-${index % 12}.ts`;
    files[path] = writeLines(index);
  }
  return files;
}

function writeLines(seed: number): string {
  const lines = [`export const name = "${seed}";`];
  const count = 5 + ((seed * 7919) % 60);
  for (let line = 0; line < count; line += 1) {
    const at = (seed * 31 + line * 17) % lettersOf.length;
    lines.push(`// ${seed}.${line} ${(lettersOf.slice(at) + lettersOf.slice(0, at)).repeat(1 + (line % 3))}`);
  }
  return `${lines.join("\n")}\n`;
}
