const folders = new Set([
  ...["dist", "build", "out", "target", "coverage", "htmlcov", "lib-cov", "node_modules", "bower_components", "storybook-static"],
  ...["__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".venv", "venv", ".hypothesis", ".ipynb_checkpoints"],
  ...[".next", ".nuxt", ".output", ".svelte-kit", ".astro", ".parcel-cache", ".turbo", ".cache", ".vite", ".angular", ".docusaurus"],
  ...[".gradle", ".nyc_output", ".terraform", ".serverless", "_site", "_build", ".eggs", "DerivedData", ".dart_tool", "site-packages"],
]);

const endings =
  /(\.(pyc|pyo|pyd|class|o|obj|a|so|dylib|dll|exe|log|tsbuildinfo|swp|swo|tmp|bak|lcov|gcda|gcno|whl)|~|\.egg-info|\.min\.(js|css)|\.(js|css)\.map)$/i;

const names = new Set([
  ".DS_Store",
  "Thumbs.db",
  "desktop.ini",
  ".coverage",
  ".eslintcache",
  ".stylelintcache",
  "npm-debug.log",
  "yarn-error.log",
  "coverage.xml",
]);

/** Whether a path is one that programs make: by its folder, its name or its ending. What only keeps a folder is none. */
export function isBuildOutput(path: string): boolean {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  if (/^\.(gitkeep|keep|gitignore)$/.test(name)) return false;
  return parts.some((part) => folders.has(part) || part.endsWith(".egg-info")) || names.has(name) || endings.test(name);
}
