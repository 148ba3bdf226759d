/** Ends the program with the status that `main` comes to, and with 2 and the reason where it comes to none. */
export function exitAsToldBy(main: () => Promise<number>): void {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 2;
    },
  );
}
