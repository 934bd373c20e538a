const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');
require('./compile-once.cjs');
require('./loopback-only.cjs');

const { createContext } = vm;

/**
 * Jest's environment for Node, with plain globals. Jest watches the globals of a test file through an interceptor and a
 * proxy, so that each `Promise`, `Math` or `JSON` costs more than the work around it: a module reads thousands of them while it
 * loads, a simulation millions.
 */
module.exports = class PlainGlobalsEnvironment extends TestEnvironment {
  constructor(...args) {
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...args);
    } finally {
      vm.createContext = createContext;
    }
  }
};
