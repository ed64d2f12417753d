// Kinds of charts, as Vega-Lite: each takes rows that are ready to be drawn and texts that are ready to be read.
"use strict";

const charts = (() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const series = (n) => colour(`series-${n}`);
  const TIER_COLOURS = { free: 5, prime: 2, pro: 1 };
  const tierColour = (code) => series(TIER_COLOURS[code] ?? 3);
  const narrow = () => innerWidth < 520;

  // formats of axes, which Vega-Lite calls by their names
  const expressionFunctions = {
    euro: (value) => sonic.money(value * 100, sonic.reporting(), { whole: true }),
    cents: (value) => sonic.money(value * 100),
    compact: (value) => sonic.compact(value),
    share: (value) => sonic.percent(value, Math.abs(value) < 0.1 && value !== 0 ? 1 : 0),
  };

  const config = () => {
    const font = getComputedStyle(document.body).fontFamily;
    const [ink, soft, grid] = ["ink", "soft", "grid"].map(colour);
    return {
      background: null,
      customFormatTypes: true,
      font,
      // the chart's element tells what it shows, and the table below holds the figures
      aria: false,
      view: { stroke: null },
      axis: {
        labelColor: soft, labelFont: font, labelFontSize: 12, titleColor: soft, titleFontSize: 12, titleFontWeight: 400,
        domain: false, ticks: false, gridColor: grid, labelPadding: 6,
      },
      axisX: { grid: false, labelFlush: true },
      legend: {
        orient: "top", direction: "horizontal", title: null, labelColor: ink, labelFont: font, labelFontSize: 12.5,
        symbolType: "square", symbolSize: 90, symbolStrokeWidth: 0, offset: 6, columnPadding: 16, labelLimit: 240,
      },
      text: { font, fontSize: 12, color: ink },
      rule: { color: soft },
      line: { strokeWidth: 2.25, strokeCap: "round", strokeJoin: "round" },
      scale: { bandPaddingInner: 0.25, bandPaddingOuter: 0.1 },
    };
  };

  // Names and values that stand to the right of what they belong to are within the bounds that the chart is fitted to; so
  // it is to the letter if they begin where the scale ends, which is then not to be rounded.
  const embed = async (place, spec) => {
    const result = await vegaEmbed(place, { width: "container", autosize: { type: "fit-x", contains: "padding" }, ...spec },
      { actions: false, renderer: "svg", config: config(), expressionFunctions, tooltip: { theme: "custom" } });
    place.sonicView?.finalize();
    place.sonicView = result.view;
    place.querySelector("svg")?.setAttribute("aria-hidden", "true");
  };

  const days = (field = "day") => ({
    field, type: "temporal", timeUnit: "utcyearmonthdate",
    axis: { title: null, format: "%-d %b", tickCount: narrow() ? 3 : 6, labelOverlap: true, labelFlush: true },
  });
  const values = (format, extra = {}) =>
    ({ title: null, tickCount: 4, formatType: format, format: "", ...extra });

  /** By how many pixels names at the ends of lines move, so that none stands on another: 15 apart, from the lowest up. */
  const apart = (values, most, height) => {
    const moved = values.map(() => 0);
    let last = Infinity;
    for (const [value, i] of values.map((one, at) => [one, at]).toSorted((a, b) => a[0] - b[0])) {
      const y = height * (1 - value / most);
      moved[i] = Math.min(0, last - 15 - y);
      last = y + moved[i];
    }
    return moved;
  };

  /** Lines over days, each named at its end. `rows`: {day, label, and a value by the name of each series}. */
  const lines = ({ rows, series: drawn, format = "compact", height = 260, zero = true }) => {
    const tooltip = [{ field: "label", title: "Day" },
      ...drawn.map((one) => ({ field: `${one.name}_text`, title: one.label }))];
    const ends = apart(drawn.map((one) => rows.at(-1)[one.name]), Math.max(...rows.flatMap((row) => drawn.map((one) => row[one.name])), Number.EPSILON), height);
    return {
      height,
      data: { values: rows.map((row, i) => ({ ...row, last: i === rows.length - 1 })) },
      encoding: { x: days() },
      layer: [
        ...drawn.map((one) => ({
          mark: { type: one.area ? "area" : "line", color: one.colour, ...(one.area ? { opacity: 0.25, line: { color: one.colour } } : {}) },
          encoding: { y: { field: one.name, type: "quantitative", axis: values(format), scale: { zero } } },
        })),
        ...drawn.map((one, i) => ({
          transform: [{ filter: "datum.last" }],
          mark: { type: "text", align: "left", baseline: "middle", dx: 8, dy: ends[i], color: one.colour, fontWeight: 650, text: one.label },
          encoding: { y: { field: one.name, type: "quantitative" } },
        })),
        {
          params: [{ name: "near", select: { type: "point", fields: ["day"], nearest: true, on: "pointermove", clear: "pointerout" } }],
          mark: { type: "rule", strokeWidth: 1 },
          encoding: { opacity: { condition: { param: "near", empty: false, value: 0.6 }, value: 0 }, tooltip },
        },
      ],
    };
  };

  /** Stacked or single columns over a few categories. `rows`: {x, name, value, text}; `names` gives order and colours. */
  const columns = ({ rows, names, xs, format = "compact", height = 260, chosen = null, stack = "zero", totals = null }) => ({
    height,
    data: { values: rows },
    layer: [
      {
        mark: { type: "bar", cornerRadiusEnd: names.length === 1 ? 3 : 0 },
        encoding: {
          x: { field: "x", type: "ordinal", sort: xs, axis: { title: null, labelAngle: 0, labelOverlap: true } },
          y: { field: "value", type: "quantitative", stack, axis: values(format) },
          color: {
            field: "name", type: "nominal",
            scale: { domain: names.map((one) => one.name), range: names.map((one) => one.colour) },
            legend: names.length > 1 ? { columns: narrow() ? 2 : names.length > 4 ? 3 : 0 } : null,
          },
          order: { field: "order", type: "quantitative" },
          opacity: chosen === null ? { value: 1 } : { condition: { test: `datum.x === ${JSON.stringify(chosen)}`, value: 1 }, value: 0.35 },
          tooltip: [{ field: "x", title: " " }, { field: "name", title: "What" }, { field: "text", title: "Value" }],
        },
      },
      ...(totals ? [{
        data: { values: totals },
        mark: { type: "text", dy: -8, fontWeight: 650 },
        encoding: {
          x: { field: "x", type: "ordinal", sort: xs },
          y: { field: "value", type: "quantitative" },
          text: { field: "text" },
        },
      }] : []),
    ],
  });

  /** Bars from the longest down, named to the left and valued at their end. `rows`: {name, value, text, colour?, note?}. */
  const ranking = ({ rows, step = 28, fill = series(1), limit = 170 }) => ({
    height: step * rows.length,
    data: { values: rows.map((row) => ({ colour: fill, note: row.text, ...row })) },
    encoding: {
      y: { field: "name", type: "nominal", sort: null, axis: { title: null, labelColor: colour("ink"), labelLimit: narrow() ? 120 : limit, labelFontSize: 12.5, grid: false } },
      x: { field: "value", type: "quantitative", axis: null, scale: { domain: [0, Math.max(...rows.map((row) => row.value), Number.EPSILON)], nice: false } },
    },
    layer: [
      {
        mark: { type: "bar", cornerRadiusEnd: 3, height: { band: 0.72 } },
        encoding: { color: { field: "colour", type: "nominal", scale: null }, tooltip: [{ field: "name", title: " " }, { field: "note", title: " " }] },
      },
      { mark: { type: "text", align: "left", dx: 6 }, encoding: { text: { field: "text" } } },
    ],
  });

  /** A grid of shades. `rows`: {x, y, value, text, note}; `write` puts the text into each cell. */
  const heat = ({ rows, xs, ys, format = "compact", height, write = false, xTitle = null, yTitle = null, domain = null }) => {
    const most = domain ? domain[1] : Math.max(...rows.map((row) => row.value));
    const base = {
      x: { field: "x", type: "ordinal", sort: xs, axis: { title: xTitle, labelAngle: 0, labelOverlap: true, orient: "bottom" }, scale: { paddingInner: 0.06, paddingOuter: 0 } },
      y: { field: "y", type: "ordinal", sort: ys, axis: { title: yTitle, labelColor: colour("ink") }, scale: { paddingInner: 0.08, paddingOuter: 0 } },
    };
    return {
      height: height ?? 28 * ys.length,
      data: { values: rows },
      encoding: base,
      layer: [
        {
          mark: { type: "rect", cornerRadius: 2 },
          encoding: {
            color: {
              field: "value", type: "quantitative",
              scale: { domain: domain ?? [0, most], range: [colour("low"), colour("high")], interpolate: "lab" },
              legend: write ? null : { gradientLength: 120, formatType: format, format: "", tickCount: 3, orient: "top" },
            },
            tooltip: [{ field: "note", title: " " }, { field: "text", title: " " }],
          },
        },
        ...(write && !narrow() ? [{
          mark: { type: "text", fontSize: 11.5 },
          encoding: {
            text: { field: "text" },
            color: { condition: { test: `datum.value > ${0.55 * most}`, value: colour("panel") }, value: colour("ink") },
          },
        }] : []),
      ],
    };
  };

  /** Columns that go on where the one before ends. `steps`: {name, from, to, kind: total | up | down, text}. */
  const waterfall = ({ steps, format = "euro", height = 300 }) => {
    const colours = { total: series(5), up: colour("good"), down: colour("bad") };
    const rows = steps.map((step, i) => ({ ...step, colour: colours[step.kind], next: steps[i + 1]?.name ?? null,
      top: Math.max(step.from, step.to), low: Math.min(step.from, step.to) }));
    const names = rows.map((row) => row.name);
    const least = Math.min(...rows.filter((row) => row.kind !== "total").map((row) => row.low), rows.at(-1).top);
    const most = Math.max(...rows.map((row) => row.top));
    // from zero, but where changes would be too small to be seen: then the axis says where it begins
    const floor = most - least < 0.25 * most ? least - 0.6 * (most - least) : 0;
    return {
      height,
      data: { values: rows.map((row) => ({ ...row, low: row.kind === "total" ? Math.max(floor, 0) : row.low })) },
      encoding: { x: { field: "name", type: "ordinal", sort: names, axis: { title: null, labelAngle: narrow() ? -50 : 0, labelOverlap: false, labelLimit: 90 } } },
      layer: [
        {
          mark: { type: "bar", cornerRadius: 2 },
          encoding: {
            y: { field: "low", type: "quantitative", axis: values(format, floor > 0 ? { title: "the axis does not begin at nothing" } : {}), scale: { domain: [Math.max(floor, 0), most * 1.02 + (most - floor) * 0.06], zero: false, nice: false } },
            y2: { field: "top" },
            color: { field: "colour", type: "nominal", scale: null },
            tooltip: [{ field: "name", title: " " }, { field: "text", title: " " }],
          },
        },
        { mark: { type: "text", dy: -8, fontWeight: 650, fontSize: narrow() ? 9.5 : 12 }, encoding: { y: { field: "top", type: "quantitative" }, text: { field: "text" } } },
      ],
    };
  };

  /** A map on which each country is one square at a place of its own. `rows`: {code, name, column, row, value, text}. */
  const countries = ({ rows, format = "compact" }) => {
    const most = Math.max(...rows.map((row) => row.value), 1);
    const [wide, tall] = ["column", "row"].map((name) => 1 + Math.max(...rows.map((row) => row[name])));
    return {
      height: tall * (narrow() ? 24 : 40),
      data: { values: rows.map((row) => ({ ...row, shade: Math.sqrt(row.value), heard: row.value > 0 })) },
      encoding: {
        x: { field: "column", type: "ordinal", axis: null, scale: { domain: [...Array(wide).keys()], paddingInner: 0.08, paddingOuter: 0 } },
        y: { field: "row", type: "ordinal", axis: null, scale: { domain: [...Array(tall).keys()], paddingInner: 0.08, paddingOuter: 0 } },
      },
      layer: [
        {
          mark: { type: "rect", cornerRadius: 5 },
          encoding: {
            color: {
              condition: { test: "datum.heard", field: "shade", type: "quantitative", legend: null,
                scale: { domain: [0, Math.sqrt(most)], range: [colour("low"), colour("high")], interpolate: "lab" } },
              value: colour("grid"),
            },
            tooltip: [{ field: "name", title: " " }, { field: "text", title: " " }],
          },
        },
        {
          mark: { type: "text", fontSize: narrow() ? 9 : 12, fontWeight: 650 },
          encoding: {
            text: { field: "code" },
            color: { condition: { test: `datum.shade > ${0.55 * Math.sqrt(most)}`, value: colour("panel") }, value: colour("ink") },
            opacity: { condition: { test: "datum.heard", value: 1 }, value: 0.55 },
          },
        },
      ],
    };
  };

  /** Values with their intervals against nothing. `rows`: {name, low, value, high, colour, text}. */
  const intervals = ({ rows, format = "share", step = 40 }) => ({
    height: step * rows.length + 24,
    data: { values: rows },
    encoding: { y: { field: "name", type: "nominal", sort: null, axis: { title: null, labelColor: colour("ink"), labelLimit: narrow() ? 160 : 260, labelFontSize: 12.5 } } },
    layer: [
      { mark: { type: "rule", strokeWidth: 1, strokeDash: [3, 3] }, encoding: { x: { datum: 0 }, y: null } },
      {
        mark: { type: "rule", strokeWidth: 3, strokeCap: "round", opacity: 0.55 },
        encoding: { x: { field: "low", type: "quantitative", axis: values(format, { grid: true }) }, x2: { field: "high" }, color: { field: "colour", type: "nominal", scale: null } },
      },
      {
        mark: { type: "point", filled: true, size: 110, opacity: 1 },
        encoding: { x: { field: "value", type: "quantitative" }, color: { field: "colour", type: "nominal", scale: null },
          tooltip: [{ field: "name", title: " " }, { field: "text", title: " " }] },
      },
    ],
  });

  /** Bars of one length, each parted another way. `rows`: {stage, name, value, text, colour, order}. */
  const parted = ({ rows, stages, step = 76 }) => {
    const total = Math.max(...stages.map((stage) => rows.filter((row) => row.stage === stage).reduce((sum, row) => sum + row.value, 0)));
    const placed = [];
    for (const stage of stages) {
      let at = 0;
      for (const row of rows.filter((one) => one.stage === stage)) {
        placed.push({ ...row, from: at, to: at + row.value, middle: at + row.value / 2, wide: row.value / total });
        at += row.value;
      }
    }
    return {
      height: step * stages.length,
      data: { values: placed },
      encoding: {
        y: { field: "stage", type: "nominal", sort: stages, axis: { title: null, labelColor: colour("ink"), labelFontSize: 12.5, labelLimit: narrow() ? 80 : 150, grid: false }, scale: { paddingInner: 0.35 } },
      },
      layer: [
        {
          mark: { type: "bar", stroke: colour("panel"), strokeWidth: 1.5, cornerRadius: 2 },
          encoding: {
            x: { field: "from", type: "quantitative", axis: null, scale: { domain: [0, total], nice: false } }, x2: { field: "to" },
            color: { field: "colour", type: "nominal", scale: null },
            tooltip: [{ field: "name", title: " " }, { field: "text", title: " " }],
          },
        },
        ...[["name", -8, 650], ["text", 8, 400]].map(([field, dy, fontWeight]) => ({
          transform: [{ filter: `datum.wide > ${narrow() ? 0.34 : 0.13}` }],
          mark: { type: "text", dy, fontWeight, align: "left", dx: 8, color: colour("panel") },
          encoding: { x: { field: "from", type: "quantitative" }, text: { field } },
        })),
      ],
    };
  };

  return { embed, colour, series, tierColour, narrow, lines, columns, ranking, heat, waterfall, countries, intervals, parted, days, values };
})();
