"use strict";

sonic.start((() => {
  const { data, cell, narrowed, grouped, sum, month, number, percent, micro, money, signed, tier, where } = sonic;
  const months = sonic.months();
  const ORDER = ["new", "expansion", "reactivation", "contraction", "churn", "fx"];
  const NAMES = { new: "New", expansion: "Expansion", reactivation: "Reactivation", contraction: "Contraction", churn: "Churn", fx: "Exchange rates" };

  /** One market's money is shown in its own currency, exactly; several together in the reporting currency. */
  const own = () => (sonic.state.country === "all" ? null : data("countries").find((row) => row.country_code === sonic.state.country).currency_code);
  const amount = (row) => (own() ? row.mrr_minor : row.mrr_eur_micro);
  const shown = (value, options) => (own() ? money(value, own(), options) : micro(value, undefined, options));
  const inMajor = (value) => (own() ? value / 10 ** data("currencies").find((row) => row.currency_code === own()).minor_units : value / 1e6);
  const inOwn = (rows) => (own() ? rows.filter((row) => row.currency_code === own()) : rows);
  const total = (rows) => rows.reduce((all, row) => all + amount(row), 0);

  const endOf = (iso) => inOwn(narrowed(data("mrr"))).filter((row) => row.booking_month === iso);
  const startOf = (iso) => {
    const earlier = [...new Set(data("mrr").map((row) => row.booking_month))].filter((other) => other < iso).toSorted();
    return earlier.length ? endOf(earlier.at(-1)) : [];
  };

  const figures = () => {
    const last = sonic.lastMonth();
    const [now, then] = [endOf(last), startOf(last)];
    const churn = cell(data("churn")).filter((row) => row.booking_month === last)[0];
    const monthly = (column) => cell(data("churn")).map((row) => row[column] ?? 0);
    const all = [...new Set(data("mrr").map((row) => row.booking_month))].toSorted();
    const arpu = cell(data("arpu")).find((row) => row.booking_month === last);
    const named = month(last, true);
    return [
      { name: "mrr", label: `MRR, end of ${named}`, value: shown(total(now)), change: sonic.change(total(now), total(then)), note: "in the month", line: all.map((iso) => total(endOf(iso))) },
      { name: "subscriptions", label: "Paying subscriptions", value: number(sum(now, "subscriptions")), note: `${signed(number(Math.abs(sum(now, "subscriptions") - sum(then, "subscriptions"))), sum(now, "subscriptions") - sum(then, "subscriptions")) || "0"} in the month`, line: all.map((iso) => sum(endOf(iso), "subscriptions")) },
      { name: "churn", label: `Customer churn, ${named}`, value: churn?.customer_churn_rate == null ? "none" : percent(churn.customer_churn_rate), note: churn ? `${churn.lost_customers} of ${number(churn.average_customers, 1)} customers` : "Free has no customers", line: monthly("customer_churn_rate") },
      { name: "revenue-churn", label: "Net revenue churn", value: churn?.net_revenue_churn_rate == null ? "none" : percent(churn.net_revenue_churn_rate), note: churn?.gross_revenue_churn_rate == null ? "" : `gross ${percent(churn.gross_revenue_churn_rate)}`, line: monthly("gross_revenue_churn_rate") },
      { name: "arpu", label: `ARPU, ${named}`, value: arpu?.arpu_micro == null ? "none" : micro(arpu.arpu_micro, arpu.currency_code), note: arpu ? `${number(arpu.average_users, 1)} average users` : "" },
    ];
  };

  const walk = () => {
    const last = sonic.lastMonth();
    const rows = inOwn(narrowed(data("movements"))).filter((row) => row.booking_month === last);
    const start = total(startOf(last));
    const end = total(endOf(last));
    if (!start && !end) return null;
    const steps = [{ name: "Start", from: 0, to: start, kind: "total", text: shown(start, { whole: true }), amount: start }];
    let at = start;
    for (const kind of ORDER) {
      const by = total(rows.filter((row) => row.movement_type === kind));
      if (!by && !["new", "churn"].includes(kind)) continue;
      steps.push({ name: NAMES[kind], from: at, to: at + by, kind: by < 0 ? "down" : "up", text: signed(shown(Math.abs(by)), by), amount: by });
      at += by;
    }
    steps.push({ name: "End", from: 0, to: end, kind: "total", text: shown(end, { whole: true }), amount: end });
    const by = end - start;
    return {
      title: `MRR ${by >= 0 ? "rose" : "fell"} by ${shown(Math.abs(by))} to ${shown(end)} in ${month(last)}${where()}${at === end ? "" : ", and the walk does not close"}`,
      spec: charts.waterfall({ steps: steps.map((step) => ({ ...step, from: inMajor(step.from), to: inMajor(step.to) })), format: own() ? "compact" : "euro" }),
      columns: [{ label: "Step", text: (row) => row.name }, { label: "Amount", number: true, text: (row) => shown(row.amount) }],
      rows: steps,
    };
  };

  const movements = () => {
    const rows = inOwn(narrowed(data("movements"))).filter((row) => row.movement_type !== "fx");
    const long = grouped(rows.map((row) => ({ ...row, amount: amount(row) })), ["booking_month", "movement_type"], ["amount", "customer_change"])
      .toSorted((a, b) => a.booking_month.localeCompare(b.booking_month) || ORDER.indexOf(a.movement_type) - ORDER.indexOf(b.movement_type));
    if (!long.length) return null;
    const last = sonic.lastMonth();
    const of = long.filter((row) => row.booking_month === last);
    const [up, down] = [1, -1].map((sign) => of.filter((row) => Math.sign(row.amount) === sign).reduce((all, row) => all + Math.abs(row.amount), 0));
    const kinds = ORDER.filter((kind) => long.some((row) => row.movement_type === kind));
    const colours = { new: 1, expansion: 6, reactivation: 3, contraction: 2, churn: 4 };
    return {
      title: `${shown(up)} of MRR gained against ${shown(down)} lost in ${month(last)}${where()}`,
      spec: charts.columns({
        rows: long.map((row) => ({ x: month(row.booking_month, true), name: NAMES[row.movement_type], value: inMajor(row.amount), text: shown(row.amount), order: ORDER.indexOf(row.movement_type) })),
        names: kinds.map((kind) => ({ name: NAMES[kind], colour: charts.series(colours[kind]) })),
        xs: months.map((iso) => month(iso, true)), format: own() ? "compact" : "euro", chosen: sonic.state.period === "all" ? null : month(last, true), height: 280,
      }),
      columns: [{ label: "Month", text: (row) => month(row.booking_month) }, { label: "Movement", text: (row) => NAMES[row.movement_type] },
        { label: "MRR", number: true, text: (row) => shown(row.amount) }, { label: "Customers", number: true, text: (row) => number(row.customer_change) }],
      rows: long,
    };
  };

  const cohorts = () => {
    const newest = [...new Set(data("cohorts").map((row) => row.cohort_month))].toSorted().slice(-14);
    const rows = data("cohorts").filter((row) => newest.includes(row.cohort_month) && row.active_share !== null);
    if (!rows.length) return null;
    const seen = rows.filter((row) => row.month_start_date === sonic.lastMonth());
    const mean = sum(seen, "active_users") / Math.max(sum(seen, "users"), 1);
    return {
      title: `${percent(mean, 0)} of those who came in the last ${newest.length} months listened in ${month(sonic.lastMonth())}`,
      spec: charts.heat({
        rows: rows.map((row) => ({ x: month(row.month_start_date, true), y: month(row.cohort_month, true), value: row.active_share, text: percent(row.active_share, 0),
          note: `Came in ${month(row.cohort_month, true)}: ${row.active_users} of ${row.users} listened in ${month(row.month_start_date, true)}, ${row.paying_users} paid` })),
        xs: [...new Set(rows.map((row) => row.month_start_date))].toSorted().map((iso) => month(iso, true)),
        ys: newest.map((iso) => month(iso, true)), format: "share", write: true, domain: [0, 1], yTitle: "Came in",
      }),
      columns: [{ label: "Came in", text: (row) => month(row.cohort_month) }, { label: "Month", text: (row) => month(row.month_start_date) },
        { label: "Came", number: true, text: (row) => number(row.users) }, { label: "Listened", number: true, text: (row) => number(row.active_users) },
        { label: "Paid", number: true, text: (row) => number(row.paying_users) }, { label: "Share listening", number: true, text: (row) => percent(row.active_share) }],
      rows,
    };
  };

  const losses = () => {
    const rows = cell(data("churn"));
    const last = rows.find((row) => row.booking_month === sonic.lastMonth());
    if (!last) return null;
    const xs = rows.map((row) => month(row.booking_month, true));
    const parts = [["Won", "won_customers", 1], ["Lost, by their choice", "lost_voluntary", -1], ["Lost, payment failed", "lost_involuntary", -1]];
    return {
      title: `${number(last.won_customers)} customers won and ${number(last.lost_customers)} lost in ${month(last.booking_month)}${where()}${last.lost_involuntary ? `, ${number(last.lost_involuntary)} of them to failed payments` : ""}`,
      spec: charts.columns({
        rows: rows.flatMap((row) => parts.map(([name, column, sign], order) => ({ x: month(row.booking_month, true), name, value: sign * row[column], text: number(row[column]), order }))),
        names: parts.map(([name], i) => ({ name, colour: charts.series([1, 2, 4][i]) })),
        xs, height: 280, chosen: sonic.state.period === "all" ? null : month(last.booking_month, true),
      }),
      columns: [{ label: "Month", text: (row) => month(row.booking_month) + (row.is_closed ? "" : " (open)") },
        ...parts.map(([label, column]) => ({ label, number: true, text: (row) => number(row[column]) })),
        { label: "Customer churn", number: true, text: (row) => (row.customer_churn_rate === null ? "" : percent(row.customer_churn_rate, 2)) }],
      rows,
    };
  };

  const plans = () => {
    const rows = grouped(endOf(sonic.lastMonth()).map((row) => ({ ...row, amount: amount(row) })), ["plan", "tier"], ["amount", "subscriptions"])
      .filter((row) => row.amount > 0).toSorted((a, b) => b.amount - a.amount);
    if (!rows.length) return null;
    const all = sum(rows, "amount");
    return {
      title: `${rows[0].plan} carries ${percent(rows[0].amount / all, 0)} of MRR${where()} with ${number(rows[0].subscriptions)} subscriptions`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: row.plan, value: inMajor(row.amount), colour: charts.tierColour(row.tier), text: `${shown(row.amount)} · ${number(row.subscriptions)}`, note: `${shown(row.amount)} from ${number(row.subscriptions)} subscriptions, ${tier(row.tier)}` })), step: 32 }),
      columns: [{ label: "Plan", text: (row) => row.plan }, { label: "Tier", text: (row) => tier(row.tier) }, { label: "MRR", number: true, text: (row) => shown(row.amount) },
        { label: "Subscriptions", number: true, text: (row) => number(row.subscriptions) }],
      rows,
    };
  };

  return { figures, tiles: { walk, movements, losses, cohorts, plans } };
})());
