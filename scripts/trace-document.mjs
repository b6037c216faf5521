// docs/trace/<program>.md: what the regulator asked, line by line, and where each line is kept. A line that is not kept where the mapping says
// fails the check here as it does in `rems trace`.
export async function text(program) {
  const { EditionCatalogue } = await import('../dist/program/edition.catalogue.js');
  const { traceOf } = await import('../dist/trace/files.js');
  const { reportAsMarkdown } = await import('../dist/trace/table.js');
  const reports = traceOf(program, EditionCatalogue.fromFolder());
  for (const report of reports) {
    const place = `${program} ${report.edition}`;
    for (const { ref, problems } of report.lines) for (const problem of problems) console.error(`${place} ${ref}: ${problem}`);
    for (const ref of report.strays) console.error(`${place} ${ref}: is mapped, but the list has no such line`);
    if (!report.holds) process.exitCode = 1;
  }
  return reportAsMarkdown(reports);
}
