/**
 * Everything depends downwards: web → sdk → (HTTP) → server → core, and in the server
 * ways in → operations → ledger, database, catalog → core. Never back up. Each rule's comment is
 * what whoever breaks it reads.
 */
const TESTS = '\\.test\\.ts$|^tests/|^bench/'
const NPM = 'node_modules/'

/** Only `owner` may import these packages: the library is a detail of that folder. */
function kept(name, packages, owner, comment) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: '^server/src/', pathNot: `^server/src/${owner}|${TESTS}` },
    to: { path: `${NPM}(${packages})(/|$)` },
  }
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'Two files that need each other to run are one file, or a third one is missing below both.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-cycle-in-core',
      severity: 'error',
      comment: 'In core not even types go in circles: a rule is read from the top down.',
      from: { path: '^core/src/' },
      to: { circular: true },
    },
    {
      name: 'not-found',
      severity: 'error',
      comment: 'An import that leads nowhere.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'core-imports-only-itself',
      severity: 'error',
      comment: 'core/ is pure: itself, a calendar and a schema library, and nothing else at run time.',
      from: { path: '^core/src/', pathNot: TESTS },
      to: { pathNot: `^core/src/|${NPM}(temporal-polyfill|temporal-spec|typebox)/` },
    },
    {
      name: 'core-tests-stay-in-core',
      severity: 'error',
      comment: 'What proves a rule needs the rule alone: no server, no pages, no tests of another wall.',
      from: { path: '^core/src/' },
      to: { path: '^(server|web|sdk|tests|bench)/' },
    },
    {
      name: 'core-through-its-door',
      severity: 'error',
      comment: 'From outside, core is imported as @scrip/core: its index is what it promises.',
      from: { pathNot: '^core/' },
      to: { path: '^core/src/', pathNot: '^core/src/index\\.ts$' },
    },
    {
      name: 'nothing-imports-the-ways-in',
      severity: 'error',
      comment: 'http/, cli/ and mcp/ call; they are not called. What two of them need is an operation.',
      from: { path: '^server/src/(operations|directory|ledger|database|catalog|jobs|gateways|mail)/' },
      to: { path: '^server/src/((http|cli|mcp)/|scrip\\.ts|index\\.ts)' },
    },
    {
      name: 'ways-in-stay-apart',
      severity: 'error',
      comment: 'A way in knows no other: what two of them need is an operation.',
      from: { path: '^server/src/(http|cli|mcp)/', pathNot: TESTS },
      to: { path: '^server/src/(http|cli|mcp)/', pathNot: '^server/src/$1/' },
    },
    {
      name: 'ways-in-write-no-sql',
      severity: 'error',
      comment:
        'http/, cli/ and mcp/ ask an operation; the database is two floors down. Its faults they must know.',
      from: { path: '^server/src/(http|cli|mcp)/', pathNot: TESTS },
      to: {
        path: '^server/src/database/',
        pathNot: '^server/src/database/fault\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'ledger-looks-down',
      severity: 'error',
      comment: 'What serves operations and jobs does not know them.',
      from: { path: '^server/src/(directory|ledger|database|catalog)/', pathNot: TESTS },
      to: { path: '^server/src/(operations|jobs|gateways|mail)/' },
    },
    {
      name: 'database-looks-down',
      severity: 'error',
      comment: 'database/ holds the SQL and does not know who asks.',
      from: { path: '^server/src/database/', pathNot: TESTS },
      to: { path: '^server/src/(directory|ledger|catalog)/' },
    },
    {
      name: 'operations-know-no-jobs',
      severity: 'error',
      comment: 'A job calls operations or the ledger; never the other way.',
      from: { path: '^server/src/operations/', pathNot: TESTS },
      to: { path: '^server/src/jobs/' },
    },
    {
      name: 'outside-the-server',
      severity: 'error',
      comment: 'Pages and the SDK reach the server over HTTP, and the server knows neither.',
      from: { path: '^(web|sdk)/' },
      to: { path: '^server/' },
    },
    {
      name: 'server-knows-no-pages',
      severity: 'error',
      comment: 'The server hands out built pages; it imports neither them nor the SDK.',
      from: { path: '^server/' },
      to: { path: '^(web|sdk)/' },
    },
    {
      name: 'programs-import-no-tests',
      severity: 'error',
      comment: 'What ships cannot need what proves it.',
      from: { path: '^(core|server|web|sdk)/src/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'ships-what-it-imports',
      severity: 'error',
      comment: 'A development dependency is not there on a fresh machine.',
      from: { path: '^(core|server)/src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    kept(
      'sql-driver-in-database',
      'pg|pg-[^/]+|@electric-sql',
      'database/',
      'Which database it is, only database/ knows.',
    ),
    kept('fastify-in-http', 'fastify|@fastify|@scalar', 'http/', 'HTTP words stop at http/.'),
    kept(
      'stripe-in-gateways',
      'stripe',
      'gateways/stripe/',
      'A gateway states facts: its library stays in its own folder.',
    ),
    kept('terminal-in-cli', 'commander', 'cli/', 'The terminal stops at cli/.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.cjs', '.mjs', '.json'],
    },
  },
}
