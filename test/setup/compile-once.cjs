const vm = require('node:vm');

const { compileFunction, Script, SourceTextModule } = vm;

/** Scripts by file; null for one that cannot be shared. */
const compiled = new Map();
const modules = new Map();

/** What a function imports while it runs is up to the sandbox that it was compiled for. */
const IMPORTS_LATER = /\bimport\s*\(/;

const compile = (source, parameters, filename) => {
  if (IMPORTS_LATER.test(source)) return null;
  const head = `(function (${parameters.join(', ')}) {`;
  return new Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
};

/**
 * Jest compiles a file anew for each test file that requires it, and what V8 has made of it goes with the sandbox. For most
 * tests Nest and TypeORM take longer to load than the tests take. Here a worker keeps what it has compiled, for all sandboxes.
 */
vm.compileFunction = (source, parameters, options) => {
  const { filename, parsingContext } = options;
  let known = compiled.get(filename);
  if (known?.source !== source) {
    known = { source, script: compile(source, parameters, filename) };
    compiled.set(filename, known);
  }
  return known.script?.runInContext(parsingContext) ?? compileFunction(source, parameters, options);
};

/** A module belongs to its sandbox; what V8 has noted of its text does not. */
vm.SourceTextModule = class extends SourceTextModule {
  constructor(source, options) {
    const known = modules.get(options.identifier);
    const isKnown = known?.source === source;
    super(source, isKnown ? { ...options, cachedData: known.cachedData } : options);
    if (!isKnown) modules.set(options.identifier, { source, cachedData: this.createCachedData() });
  }
};
