const KEYWORDS = new Set([
  ...['and', 'or', 'unless', 'bool', 'offset'],
  ...['sum', 'min', 'max', 'avg', 'count', 'topk', 'group_left', 'group_right'],
]);

/** Texts, ranges and lists of labels as they are; a name with its matchers, if it has some, unless a parenthesis follows. */
const TOKENS =
  /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\b(?:by|without|on|ignoring) \([^)]*\)|([a-zA-Z_][\w:]*)(?:\{([^}]*)\})?(?!\s*\(|[\w:{])/g;

/** The same query for the chosen namespaces: several environments may share one Prometheus. */
export const inNamespace = (expr) =>
  expr.replaceAll(TOKENS, (token, name, matchers) => {
    if (name === undefined || KEYWORDS.has(name)) return token;
    return `${name}{${matchers === undefined || matchers === '' ? '' : `${matchers}, `}namespace=~"$namespace"}`;
  });
