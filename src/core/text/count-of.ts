/** `1 claim`, `2 claims`. @param many  where it is more than an s: `1 entry`, `2 entries` */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
