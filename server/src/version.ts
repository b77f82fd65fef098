/** The program's version, as every answer's `Scrip-Version` says it; a test keeps it equal to the package's. */
export const VERSION = '0.1.0'
