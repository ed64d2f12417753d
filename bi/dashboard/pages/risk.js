"use strict";

sonic.start((() => {
  const { data, narrowed, grouped, sum, whole, number, percent, where, span } = sonic;
  const months = sonic.months();
  const chosen = (rows) => rows.filter((row) => (sonic.state.period === "all" ? months.includes(row.month_start_date) : row.month_start_date === sonic.state.period));

  const figures = () => {
    const plays = narrowed(data("plays"), "local_date");
    const paid = chosen(narrowed(data("payments")));
    const failed = (rows) => sum(rows.filter((row) => row.outcome === "failed"), "attempts");
    const broken = chosen(narrowed(data("breaches")));
    const suspected = sum(data("sharing").filter((row) => row.is_suspected), "accounts");
    const daily = grouped(whole(narrowed(data("plays")), "local_date"), ["local_date"], ["artificial_plays"]);
    return [
      { name: "artificial", label: "Artificial plays", value: percent(sum(plays, "artificial_plays") / Math.max(sum(plays, "plays"), 1)), note: `${number(sum(plays, "artificial_plays"))} plays, ${span()}`, line: daily.map((row) => row.artificial_plays) },
      { name: "breaches", label: "Broken rules of plans", value: number(sum(broken, "breaches")), note: `of ${number(sum(broken, "checked_rows"))} held against them` },
      { name: "failed", label: "Payments that failed", value: sum(paid, "attempts") ? percent(failed(paid) / sum(paid, "attempts")) : "none", note: `${number(failed(paid))} of ${number(sum(paid, "attempts"))} attempts`,
        line: months.map((iso) => { const of = narrowed(data("payments")).filter((row) => row.month_start_date === iso); return failed(of) / Math.max(sum(of, "attempts"), 1); }) },
      { name: "disputed", label: "Disputed payments", value: number(sum(paid.filter((row) => row.outcome === "disputed"), "attempts")), note: span() },
      { name: "shared", label: "Log-ins that look shared", value: number(suspected), note: `of ${number(sum(data("sharing"), "accounts"))} accounts, last 30 days` },
    ];
  };

  const artificial = () => {
    const days = grouped(whole(narrowed(data("plays"), "local_date"), "local_date"), ["local_date"], ["plays", "artificial_plays"]);
    if (days.length < 2) return null;
    const share = (row) => row.artificial_plays / Math.max(row.plays, 1);
    const most = days.reduce((best, row) => (share(row) > share(best) ? row : best));
    const mean = sum(days, "artificial_plays") / Math.max(sum(days, "plays"), 1);
    return {
      title: `${percent(mean)} of plays are artificial${where()}; on ${sonic.day(most.local_date)} it was ${percent(share(most), 0)}`,
      spec: charts.lines({
        rows: days.map((row) => ({ day: row.local_date, label: sonic.day(row.local_date), share: share(row), share_text: `${percent(share(row))}, ${number(row.artificial_plays)} of ${number(row.plays)} plays` })),
        series: [{ name: "share", label: "Artificial", colour: charts.series(4), area: true }], format: "share", height: 250,
      }),
      columns: [{ label: "Day", text: (row) => row.local_date }, { label: "Plays", number: true, text: (row) => number(row.plays) },
        { label: "Artificial", number: true, text: (row) => number(row.artificial_plays) }, { label: "Share", number: true, text: (row) => percent(share(row)) }],
      rows: days,
    };
  };

  const FRAUD = { rapid_skips: "Rapid skips", loops: "One recording in a loop", round_the_clock: "Round the clock" };

  const rules = () => {
    const rows = grouped(chosen(data("fraud")), ["rule"], ["user_days", "artificial_plays"]).toSorted((a, b) => b.artificial_plays - a.artificial_plays);
    if (!rows.length) return null;
    return {
      title: `${FRAUD[rows[0].rule] ?? sonic.titled(rows[0].rule)} made ${number(rows[0].artificial_plays)} artificial plays on ${number(rows[0].user_days)} user-days`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: FRAUD[row.rule] ?? sonic.titled(row.rule), value: row.artificial_plays, text: `${number(row.artificial_plays)} · ${number(row.user_days)} days`, note: `${number(row.artificial_plays)} plays on ${number(row.user_days)} days of a user` })), fill: charts.series(4), step: 64 }),
      columns: [{ label: "Rule", text: (row) => FRAUD[row.rule] ?? sonic.titled(row.rule) }, { label: "User-days", number: true, text: (row) => number(row.user_days) }, { label: "Plays", number: true, text: (row) => number(row.artificial_plays) }],
      rows,
    };
  };

  const BROKEN = { shuffle: "Chosen, where Free only shuffles", quality: "Better sound than the plan's", limit: "Past a child's minutes of the day", skips: "More skips than Free allows",
    ads: "Advertising on a plan without", offline: "Offline on a plan without", explicit: "Explicit where it is blocked", paused: "Shown while the campaign is paused", downloads: "Download on a plan without" };

  const breaches = () => {
    const rows = grouped(chosen(narrowed(data("breaches"))), ["rule"], ["checked_rows", "breaches"]).filter((row) => row.checked_rows > 0)
      .map((row) => ({ ...row, share: row.breaches / row.checked_rows })).toSorted((a, b) => b.breaches - a.breaches);
    if (!rows.length) return null;
    const name = (row) => BROKEN[row.rule] ?? sonic.titled(row.rule);
    const kept = rows.filter((row) => row.breaches === 0).length;
    return {
      title: `${number(sum(rows, "breaches"))} breaches of ${rows.length - kept} rules${where({ plan: false })}; ${kept === 0 ? "none is kept by all" : `${kept} kept by all`}`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: name(row), value: row.breaches, text: `${number(row.breaches)} · ${percent(row.share, 2)}`, note: `${number(row.breaches)} of ${number(row.checked_rows)}` })), limit: 260 }),
      columns: [{ label: "Rule", text: name }, { label: "Held against it", number: true, text: (row) => number(row.checked_rows) }, { label: "Breaches", number: true, text: (row) => number(row.breaches) },
        { label: "Share", number: true, text: (row) => percent(row.share, 3) }],
      rows,
    };
  };

  const payments = () => {
    const by = grouped(chosen(narrowed(data("payments"))), ["provider", "outcome"], ["attempts"]);
    const rows = [...new Set(by.map((row) => row.provider))].map((provider) => {
      const of = by.filter((row) => row.provider === provider);
      const part = (outcome) => sum(of.filter((row) => row.outcome === outcome), "attempts");
      return { provider, attempts: sum(of, "attempts"), failed: part("failed"), refunded: part("refunded"), disputed: part("disputed"), rate: part("failed") / Math.max(sum(of, "attempts"), 1) };
    }).toSorted((a, b) => b.rate - a.rate);
    if (!rows.length) return null;
    return {
      title: `${sonic.titled(rows[0].provider)} fails most often${where({ plan: false })}: ${percent(rows[0].rate)} of ${number(rows[0].attempts)} attempts`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: sonic.titled(row.provider), value: row.rate, text: percent(row.rate), note: `${number(row.failed)} of ${number(row.attempts)} failed, ${number(row.refunded)} refunded, ${number(row.disputed)} disputed` })), fill: charts.series(2), step: 38 }),
      columns: [{ label: "Provider", text: (row) => sonic.titled(row.provider) }, { label: "Attempts", number: true, text: (row) => number(row.attempts) }, { label: "Failed", number: true, text: (row) => number(row.failed) },
        { label: "Refunded", number: true, text: (row) => number(row.refunded) }, { label: "Disputed", number: true, text: (row) => number(row.disputed) }, { label: "Failed, share", number: true, text: (row) => percent(row.rate) }],
      rows,
    };
  };

  const sharing = () => {
    const all = sum(data("sharing"), "accounts");
    if (!all) return null;
    const rows = [["Three or more countries", "many_countries"], ["More at once than the plan allows", "streams_above_limit"], ["Journeys nobody can make", "impossible_travel"]].map(([name, column]) => ({ name, value: sum(data("sharing"), column) }));
    const suspected = sum(data("sharing").filter((row) => row.is_suspected), "accounts");
    return {
      title: `${number(suspected)} of ${number(all)} accounts look shared`,
      spec: charts.ranking({ rows: rows.map((row) => ({ ...row, text: number(row.value), note: `${number(row.value)} accounts, ${percent(row.value / all)}` })), step: 40, limit: 230, fill: charts.series(3) }),
      columns: [{ label: "Sign", text: (row) => row.name }, { label: "Accounts", number: true, text: (row) => number(row.value) }, { label: "Share", number: true, text: (row) => percent(row.value / all) }],
      rows,
    };
  };

  return { figures, tiles: { artificial, rules, breaches, payments, sharing } };
})());
