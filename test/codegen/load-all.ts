/** Loads the files named on the command line, each for itself: `node load-all.ts FILE…`. */
for (const file of process.argv.slice(2)) await import(file);
