// Prints the scores of a Lighthouse report, and the audits that cost points, as lines of words between tabs.
const report = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
const clean = (text) => String(text ?? "").replace(/\s+/g, " ");
for (const category of Object.values(report.categories)) {
  console.log(["score", category.id, category.score].join("\t"));
  for (const { id, weight } of category.auditRefs) {
    const { score, title, displayValue } = report.audits[id];
    if (weight > 0 && score !== null && score < 1) {
      console.log(["audit", category.id, id, score, clean(title), clean(displayValue)].join("\t"));
    }
  }
}
