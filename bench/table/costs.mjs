/** Records what sweeps, or others that take their place, took each. */
export function recordCost(measured, name, sweeps) {
  const of = (field) => sweeps.map((sweep) => sweep[field]);
  measured.record(`${name}.cpu`, of('cpuMs'));
  measured.record(`${name}.postgres`, of('postgresMs'));
  measured.record(`${name}.sql`, of('statements'));
  measured.record(`${name}.rows`, of('rows'));
}

/** The same for one of the `numbers` that each run worked on. */
export function recordPerNumber(measured, id, runs, numbers) {
  const each = (field) => runs.map((run) => (run[field] === null ? null : run[field] / numbers));
  measured.record(`${id}.cpu`, each('cpuMs'));
  measured.record(`${id}.postgres`, each('postgresMs'));
  measured.record(`${id}.sql`, each('statements'));
}

/** One run of a peer's work. */
export async function measurePeer(peer, database, options) {
  const rowsBefore = await database.rowsWritten();
  const before = database.cpuMs();
  await peer.reset();
  const result = await peer.run(options);
  const figures = await peer.read();
  const postgresMs = before === null ? null : database.cpuMs() - before;
  return { ...figures, postgresMs, rows: (await database.rowsWritten()) - rowsBefore, result };
}
