"use strict";

sonic.start((() => {
  const { data, narrowed, grouped, sum, month, number, percent, micro, tier, where, span } = sonic;
  const months = sonic.months();
  const TIERS = Object.keys(sonic.TIERS);

  /** One market's pools are in its own currency; those of several are told in the reporting currency. */
  const own = () => (sonic.state.country === "all" ? null : data("countries").find((row) => row.country_code === sonic.state.country).currency_code);
  const inOwn = (rows) => (own() ? rows.filter((row) => row.currency_code === own()) : rows);
  const amount = (row) => (own() ? row.amount_micro : row.amount_eur_micro);
  const shown = (value) => (own() ? micro(value, own()) : micro(value));
  const booked = (date = "booking_month") => inOwn(narrowed(data("royalties"), date)).map((row) => ({ ...row, amount: amount(row) }));

  const streamsOf = (code) => sum(data("plays").filter((row) => (code === "all" || row.tier === code) && (sonic.state.country === "all" || row.country === sonic.state.country) && closed(row.local_date)), "qualified_streams");
  const bookedMonths = () => [...new Set(data("pools").map((row) => row.booking_month))].toSorted();
  const closed = (iso) => bookedMonths().some((other) => other.slice(0, 7) === iso.slice(0, 7) && (sonic.state.period === "all" || other === sonic.state.period));

  const figures = () => {
    const rows = booked();
    const total = sum(rows, "amount");
    const monthly = bookedMonths().map((iso) => sum(inOwn(narrowed(data("royalties"))).filter((row) => row.booking_month === iso).map((row) => ({ amount: amount(row) })), "amount"));
    const pools = inOwn(narrowed(data("pools"), "booking_month"));
    const statements = data("payouts").filter((row) => (sonic.state.period === "all" ? months.includes(row.statement_month) : row.statement_month === sonic.state.period));
    const streams = streamsOf(sonic.state.tier);
    const unshared = sum(pools, "pool_micro") - sum(pools, "allocated_micro");
    return [
      { name: "booked", label: "Royalties booked", value: shown(total), note: span(), line: monthly },
      { name: "rate", label: "A qualified stream paid", value: streams && total ? sonic.price(total / 1e6 / streams, own() ?? undefined) : "none", note: `${number(streams)} streams in booked months` },
      { name: "suspense", label: "In suspense", value: total ? percent(sum(rows.filter((row) => row.is_suspense), "amount") / total) : "none", note: "splits that are not whole" },
      { name: "unshared", label: "Left over in pools", value: number(unshared), note: "micro-units, of all pools" },
      { name: "paid", label: "Paid on statements", value: micro(sum(statements, "net_eur_micro"), undefined, { whole: true }), note: `${number(sum(statements, "paid_statements"))} of ${number(sum(statements, "statements"))} statements` },
    ];
  };

  const PAYEES = ["artist", "label", "publisher", "writer", "producer", "distributor"];
  const KINDS = { allocation: "By streams", override: "Overrides of contracts", guarantee: "Minimum guarantees", penalty: "Penalties" };

  const flow = () => {
    const rows = booked();
    const total = sum(rows, "amount");
    if (!total) return null;
    const stages = [];
    const part = (stage, name, value, n) => ({ stage, name, value, text: shown(value), colour: charts.series(n) });
    const parts = [];
    const single = own() !== null && new Set(rows.map((row) => row.currency_code)).size === 1;
    const recording = inOwn(narrowed(data("pools"), "booking_month")).filter((row) => row.right_type === "recording");
    if (single) {
      stages.push("Net revenue");
      const [net, rights] = [sum(recording, "net_revenue_micro"), sum(recording, "rights_micro")];
      parts.push(part("Net revenue", "Rights holders", rights, 1), part("Net revenue", "Platform", net - rights, 5));
    }
    const stage = (name, key, naming, colours) => {
      stages.push(name);
      const found = grouped(rows, [key], ["amount"]).toSorted((a, b) => b.amount - a.amount);
      found.forEach((row, i) => parts.push(part(name, naming(row[key]), row.amount, colours(row[key], i))));
    };
    stage("Right", "right_type", sonic.titled, (code) => (code === "recording" ? 1 : 3));
    stage("Method", "kind", (code) => KINDS[code] ?? sonic.titled(code), (_, i) => [1, 2, 4, 6][i % 4]);
    stage("Goes to", "payee_type", (code) => `${sonic.titled(code)}s`, (code) => [1, 2, 3, 6, 4, 5][Math.max(PAYEES.indexOf(code), 0)]);
    const top = grouped(rows, ["payee_type"], ["amount"]).toSorted((a, b) => b.amount - a.amount)[0];
    const pools = inOwn(narrowed(data("pools"), "booking_month"));
    const left = sum(pools, "pool_micro") - sum(pools, "allocated_micro");
    return {
      title: `${sonic.titled(top.payee_type)}s get ${percent(top.amount / total, 0)} of ${shown(total)}${where()}; ${left === 0 ? "not a micro-unit is left over" : `${number(left)} micro-units are left over`}`,
      spec: charts.parted({ rows: parts, stages, step: 72 }),
      columns: [{ label: "Parted by", text: (row) => row.stage }, { label: "Part", text: (row) => row.name }, { label: "Amount", number: true, text: (row) => shown(row.value) },
        { label: "Share", number: true, text: (row) => percent(row.value / parts.filter((one) => one.stage === row.stage).reduce((all, one) => all + one.value, 0)) }],
      rows: parts,
    };
  };

  const rates = () => {
    const rows = TIERS.filter((code) => sonic.state.tier === "all" || sonic.state.tier === code).map((code) => {
      const paid = sum(booked().filter((row) => row.tier === code), "amount");
      const streams = streamsOf(code);
      return { tier: code, paid, streams, rate: streams ? paid / 1e6 / streams : 0 };
    }).filter((row) => row.rate > 0).toSorted((a, b) => b.rate - a.rate);
    if (!rows.length) return null;
    const cents = (row) => sonic.price(row.rate, own() ?? undefined);
    return {
      title: rows.length > 1 ? `A stream on ${tier(rows[0].tier)} pays ${number(rows[0].rate / rows.at(-1).rate, 0)} times one on ${tier(rows.at(-1).tier)}${where({ plan: false })}` : `A stream on ${tier(rows[0].tier)} pays ${cents(rows[0])}${where({ plan: false })}`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: tier(row.tier), value: row.rate, text: cents(row), colour: charts.tierColour(row.tier), note: `${shown(row.paid)} for ${number(row.streams)} qualified streams` })), step: 56 }),
      columns: [{ label: "Tier", text: (row) => tier(row.tier) }, { label: "Booked", number: true, text: (row) => shown(row.paid) }, { label: "Qualified streams", number: true, text: (row) => number(row.streams) },
        { label: "A stream", number: true, text: cents }],
      rows,
    };
  };

  const payees = () => {
    const last = sonic.state.period === "all" ? bookedMonths().at(-1) : sonic.state.period;
    const rows = data("payees").filter((row) => row.country === sonic.state.country && row.booking_month === last);
    if (!rows.length) return null;
    return {
      title: `${rows[0].payee} earned most in ${month(last)}${where({ plan: false })}: ${micro(rows[0].amount_eur_micro)}`,
      spec: charts.ranking({ rows: rows.map((row) => ({ name: row.payee, value: row.amount_eur_micro / 1e6, text: micro(row.amount_eur_micro), note: `${sonic.titled(row.payee_type)}, ${micro(row.amount_eur_micro)}` })), limit: 200 }),
      columns: [{ label: "Payee", text: (row) => row.payee }, { label: "Kind", text: (row) => sonic.titled(row.payee_type) }, { label: "Booked", number: true, text: (row) => micro(row.amount_eur_micro) }],
      rows,
    };
  };

  const statements = () => {
    const rows = data("payouts");
    if (!rows.length) return null;
    const last = rows.filter((row) => sonic.state.period === "all" || row.statement_month <= sonic.state.period).at(-1) ?? rows.at(-1);
    const parts = [["Earned", "gross_eur_micro", 1], ["Paid", "net_eur_micro", 3], ["Carried forward", "carried_forward_eur_micro", 5]];
    return {
      title: `${number(last.paid_statements)} of ${number(last.statements)} statements were paid for ${month(last.statement_month)}; ${micro(last.carried_forward_eur_micro, undefined, { whole: true })} wait for the minimum`,
      spec: {
        height: 260,
        data: { values: rows.flatMap((row) => parts.map(([name, column], order) => ({ x: month(row.statement_month, true), name, order, value: row[column] / 1e6, text: micro(row[column]) }))) },
        mark: { type: "bar", cornerRadiusEnd: 2 },
        encoding: {
          x: { field: "x", type: "ordinal", sort: rows.map((row) => month(row.statement_month, true)), axis: { title: null, labelAngle: 0, labelOverlap: true } },
          xOffset: { field: "name", sort: parts.map(([name]) => name) },
          y: { field: "value", type: "quantitative", axis: charts.values("euro") },
          color: { field: "name", type: "nominal", scale: { domain: parts.map(([name]) => name), range: parts.map(([, , n]) => charts.series(n)) } },
          tooltip: [{ field: "x", title: " " }, { field: "name", title: "What" }, { field: "text", title: "Amount" }],
        },
      },
      columns: [{ label: "Month", text: (row) => month(row.statement_month) }, { label: "Statements", number: true, text: (row) => number(row.statements) },
        ...parts.map(([label, column]) => ({ label, number: true, text: (row) => micro(row[column]) }))],
      rows,
    };
  };

  const dues = () => {
    const rows = data("dues").filter((row) => sonic.state.period === "all" || row.statement_month === sonic.state.period);
    const total = (column) => sum(rows, `${column}_eur_micro`);
    const stated = total("gross");
    if (!rows.length || !stated) return null;
    const taken = [["Deducted", "deducted"], ["Recouped", "recouped"], ["Tax withheld", "withheld"], ["Penalties", "penalised"], ["Due", "due"]].map(([name, column]) => [name, total(column)]);
    const steps = [{ name: "Stated", from: 0, to: stated, kind: "total", text: micro(stated) }];
    for (const [name, amount] of taken) {
      const from = steps.at(-1).to;
      steps.push({ name, from, to: from - amount, kind: amount < 0 ? "up" : "down", text: micro(-amount) });
    }
    const carried = steps.at(-1).to;
    steps.push({ name: "Carried on", from: 0, to: carried, kind: "total", text: micro(carried) });
    return {
      title: `Of ${micro(stated, undefined, { whole: true })} that statements of ${rows.length === 1 ? month(rows[0].statement_month) : `${number(rows.length)} months`} state, ${micro(total("due"), undefined, { whole: true })} are due, ${percent(total("recouped") / stated)} are recouped and ${percent(total("withheld") / stated)} withheld`,
      spec: charts.waterfall({ steps: steps.map((step) => ({ ...step, from: step.from / 1e6, to: step.to / 1e6 })) }),
      columns: [{ label: "What", text: (row) => row.name }, { label: "Amount", number: true, text: (row) => row.text }],
      rows: steps,
    };
  };

  return { figures, tiles: { flow, rates, payees, statements, dues } };
})());
