// Every step prints one JSON line: what the client saw. Whoever runs the script judges it.
export const report = (step, seen) => console.log(JSON.stringify({ step, ...seen }));

/** Runs a call that must fail and reports how it did. */
export async function reportFailure(step, call, describe) {
  try {
    await call();
    report(step, { failed: false });
  } catch (error) {
    report(step, { failed: true, error: error.constructor.name, message: error.message, ...describe(error) });
  }
}

export function target() {
  const [base, model] = process.argv.slice(2);
  if (!base || !model) {
    console.error(`usage: node ${process.argv[1].split('/').at(-1)} BASE_URL MODEL`);
    process.exit(2);
  }
  return { base, model };
}
