"use strict";

sonic.start((() => {
  const { data, number, percent, signed } = sonic;
  const rows = () => data("experiments").filter((row) => !row.is_control);
  const experiments = () => [...new Set(data("experiments").map((row) => row.experiment_code))];
  const relative = (row, column) => (row.control_average ? row[column] / Math.abs(row.control_average) : null);
  const tone = (row) => ({ better: charts.colour("good"), worse: charts.colour("bad") }[row.verdict] ?? charts.series(5));
  const named = (row) => (charts.narrow() ? `${sonic.titled(row.metric_code)}, ${row.experiment_name}` : `${row.experiment_name}: ${sonic.plain(row.metric_code)}`);
  const difference = (row) => (row.difference === null ? "none" : row.statistic === "proportion" ? signed(`${number(100 * Math.abs(row.difference), 2)} pt`, row.difference) : signed(number(Math.abs(row.difference), 3), row.difference));
  const average = (value, row) => (value === null ? "" : row.statistic === "proportion" ? percent(value) : number(value, 3));

  const figures = () => {
    const decided = rows().filter((row) => row.is_final && row.is_primary);
    const split = data("experiments").filter((row) => row.is_split_as_planned === false).map((row) => row.experiment_code);
    return [
      { name: "experiments", label: "Experiments", value: number(experiments().length), note: `${number(new Set(data("experiments").filter((row) => row.status === "running").map((row) => row.experiment_code)).size)} running` },
      { name: "readouts", label: "Read-outs", value: number(rows().length), note: "a metric of a variant against control" },
      { name: "better", label: "Better than control", value: number(rows().filter((row) => row.verdict === "better").length), note: "95 %, after Holm" },
      { name: "worse", label: "Worse than control", value: number(rows().filter((row) => row.verdict === "worse").length), note: "95 %, after Holm" },
      { name: "primary", label: "Final on their main metric", value: number(decided.length), note: `${number(decided.filter((row) => row.verdict === "better").length)} of them better` },
      { name: "split", label: "Splits not as planned", value: number(new Set(split).size), note: "no read-out until that is explained" },
    ];
  };

  const effects = () => {
    const shown = rows().filter((row) => row.difference !== null && row.control_average).toSorted((a, b) => (b.verdict === "better") - (a.verdict === "better") || a.experiment_name.localeCompare(b.experiment_name));
    if (!shown.length) return null;
    const sure = shown.filter((row) => row.verdict === "better" || row.verdict === "worse");
    const twice = (row) => shown.filter((other) => named(other) === named(row)).length > 1;
    return {
      title: sure.length ? `${[...new Set(sure.map((row) => row.experiment_name))].join(", ")} moved ${sure.length === 1 ? "a metric" : `${number(sure.length)} metrics`}; ${number(shown.length - sure.length)} read-outs tell nothing apart` : `None of ${number(shown.length)} read-outs tells a variant from its control`,
      spec: charts.intervals({ rows: shown.map((row) => ({ name: twice(row) ? `${named(row)} (${sonic.plain(row.variant_code)})` : named(row), low: relative(row, "difference_low"), value: relative(row, "difference"), high: relative(row, "difference_high"), colour: tone(row),
        text: `${signed(percent(Math.abs(relative(row, "difference"))), row.difference)}, p ${number(row.p_value_holm ?? 1, 3)}, ${row.verdict}` })), step: 34 }),
      columns: [{ label: "Experiment", text: (row) => row.experiment_name }, { label: "Variant", text: (row) => sonic.plain(row.variant_code) }, { label: "Metric", text: (row) => sonic.plain(row.metric_code) },
        { label: "Against control", number: true, text: (row) => signed(percent(Math.abs(relative(row, "difference"))), row.difference) },
        { label: "From", number: true, text: (row) => percent(relative(row, "difference_low")) }, { label: "To", number: true, text: (row) => percent(relative(row, "difference_high")) }],
      rows: shown,
    };
  };

  const readouts = () => {
    const shown = rows().toSorted((a, b) => a.experiment_name.localeCompare(b.experiment_name) || b.is_primary - a.is_primary);
    if (!shown.length) return null;
    const verdict = (row) => (["better", "worse"].includes(row.verdict) ? sonic.verdict(row.verdict, row.verdict === "better") : row.verdict);
    return {
      title: `${number(shown.filter((row) => row.is_final).length)} of ${number(shown.length)} read-outs are final`,
      node: sonic.scrolled(sonic.table("Read-outs", [
        { label: "Experiment", text: (row) => sonic.element("span", {}, sonic.element("strong", {}, row.experiment_name), ` ${sonic.plain(row.variant_code)}`) },
        { label: "Metric", text: (row) => sonic.plain(row.metric_code) + (row.is_primary ? " (main)" : "") },
        { label: "Control", number: true, text: (row) => average(row.control_average, row) }, { label: "Variant", number: true, text: (row) => average(row.average, row) },
        { label: "Difference", number: true, text: difference }, { label: "p (Holm)", number: true, text: (row) => (row.p_value_holm === null ? "" : number(row.p_value_holm, 3)) },
        { label: "Accounts", number: true, text: (row) => number(row.accounts) },
        { label: "Verdict", text: verdict }, { told: "State", text: (row) => (row.is_final ? "final" : "running") },
      ], shown), "All read-outs"),
    };
  };

  const splits = () => {
    const seen = new Map();
    for (const row of data("experiments")) {
      const key = `${row.experiment_code}/${row.variant_code}`;
      if (row.accounts > (seen.get(key)?.accounts ?? -1)) seen.set(key, row);
    }
    const variants = [...seen.values()].toSorted((a, b) => a.experiment_name.localeCompare(b.experiment_name) || b.is_control - a.is_control);
    if (!variants.length) return null;
    const of = (row, column) => row[column] / variants.filter((other) => other.experiment_code === row.experiment_code).reduce((all, other) => all + other[column], 0);
    const wrong = new Set(variants.filter((row) => row.is_split_as_planned === false).map((row) => row.experiment_name));
    return {
      title: wrong.size ? `${[...wrong].join(", ")}: accounts are not split as planned` : "Every experiment is split as planned",
      node: sonic.scrolled(sonic.table("Splits", [
        { label: "Experiment", text: (row) => row.experiment_name }, { label: "Variant", text: (row) => sonic.plain(row.variant_code) },
        { label: "Accounts", number: true, text: (row) => number(row.accounts) }, { label: "Planned", number: true, text: (row) => percent(of(row, "planned_ppm")) }, { label: "Is", number: true, text: (row) => percent(of(row, "accounts")) },
      ], variants), "Accounts by variant"),
    };
  };

  return { figures, tiles: { effects, readouts, splits } };
})());
