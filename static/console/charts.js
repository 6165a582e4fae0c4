// Draws the tables of numbers as charts. Each table says the same without it.
(() => {
  "use strict";

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const TICK_PX = 70;
  const number = (text) => (text === "" ? null : Number(text));
  const rounded = (value) => String(+value.toFixed(2)).replace("-", "−");
  const plain = (_plot, value) => (value === null || value === undefined ? "–" : rounded(value));
  // Days as the rest of the page writes them.
  const day = (seconds, parts) => new Date(seconds * 1000).toLocaleDateString(
    document.documentElement.lang.replace(/^en$/, "en-GB"),
    { timeZone: "UTC", month: "short", ...parts },
  );

  const quarter = (seconds) => {
    const date = new Date(seconds * 1000);
    return `Q${Math.floor(date.getUTCMonth() / 3) + 1} ${date.getUTCFullYear()}`;
  };

  // A number with none beside it is on no line and in no band: its interval is a bar of its own.
  function alone(plot, colour) {
    const [at, values, lows, highs] = plot.data;
    values.forEach((value, index) => {
      const has = (other) => values[other] !== null && values[other] !== undefined;
      if (value === null || lows[index] === null || has(index - 1) || has(index + 1)) return;
      const x = plot.valToPos(at[index], "x", true);
      const [top, bottom] = [highs[index], lows[index]].map((end) => plot.valToPos(end, "y", true));
      plot.ctx.fillStyle = colour;
      plot.ctx.fillRect(x - 5 * devicePixelRatio, top, 10 * devicePixelRatio, bottom - top);
    });
  }

  function draw(place) {
    const rows = [...document.querySelectorAll(`#${place.dataset.chart} tbody tr`)];
    if (rows.length < 2 || typeof uPlot !== "function") return;
    const column = (name) => rows.map((row) => number(row.dataset[name]));
    // Days as noon in UTC, so that no time zone moves one to its neighbour.
    const at = rows.map((row) => Date.parse(`${row.dataset.at}T12:00Z`) / 1000);
    const { step } = place.dataset;
    const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
    const accent = colour("--accent");
    const faint = `${accent}33`;
    // Days, weeks and months that are there in part: diamonds, led to by a dashed line.
    const inPart = rows.map((row) => "inPart" in row.dataset);
    // Of fewer than ten answers: hollow, as in mails and reports.
    const isFew = rows.map((row) => "few" in row.dataset);
    const values = column("value");
    const said = (value, index) => (value === null || value === undefined ? "–" : `${rounded(value)} (${place.dataset.answers}${rows[index].dataset.n})`);
    const whole = values.map((value, index) => (inPart[index] ? null : value));
    const besidePart = values.map((value, index) => ([index - 1, index, index + 1].some((one) => inPart[one]) ? value : null));
    const part = {
      label: `${place.dataset.label}, ${place.dataset.part}`, stroke: accent, width: 2, dash: [4, 4],
      value: (_plot, value, _series, index) => (inPart[index] && value !== null ? said(value, index) : ""),
      points: { show: false },
    };
    const ground = colour("--surface");
    function drawPoints(plot) {
      const { ctx } = plot, ratio = uPlot.pxRatio;
      ctx.save();
      ctx.setLineDash([]);
      ctx.lineWidth = 2 * ratio;
      ctx.strokeStyle = accent;
      values.forEach((value, index) => {
        if (value === null) return;
        const [x, y, reach] = [plot.valToPos(at[index], "x", true), plot.valToPos(value, "y", true), (inPart[index] ? 6 : 4) * ratio];
        ctx.fillStyle = isFew[index] ? ground : accent;
        ctx.beginPath();
        if (inPart[index]) {
          for (const [across, down] of [[0, -reach], [reach, 0], [0, reach], [-reach, 0]]) ctx.lineTo(x + across, y + down);
          ctx.closePath();
        } else ctx.arc(x, y, reach, 0, 2 * Math.PI);
        ctx.fill();
        ctx.stroke();
      });
      ctx.restore();
    }
    // What the legend says while nobody points anywhere: the latest that there is.
    const latest = values.findLastIndex((value) => value !== null);
    const rest = (plot) => { if (plot.cursor.idx === null || plot.cursor.idx === undefined) plot.setLegend({ idx: latest }, false); };
    // A point leads where its row does.
    const address = (index) => rows[index]?.querySelector("td a")?.href;
    // As many ticks as there is room for, each at a day, week or month that has a point.
    const ticks = (plot, _axis, from, to) => {
      let next = Infinity;
      return at.filter((one) => one >= from && one <= to).reverse().filter((one) => {
        const place = plot.valToPos(one, "x");
        if (next - place < TICK_PX) return false;
        next = place;
        return true;
      }).reverse();
    };
    const parts = inPart.includes(true) ? [[part, besidePart]] : [];
    // What others publish: a level line each, told apart by its dashes.
    const lines = JSON.parse(place.dataset.lines || "[]");
    const dashes = [[8, 4], [2, 4], [12, 4, 2, 4]];
    const line = ({ label }, index) => ({ label, stroke: colour("--soft"), width: 1.5, value: plain, dash: dashes[index % dashes.length], points: { show: false } });
    // What the chart shows is folded away, once; it stays as somebody leaves it.
    if (!place.hasChildNodes()) document.querySelector(`[data-table-of="${place.dataset.chart}"]`)?.removeAttribute("open");
    place.replaceChildren();
    new uPlot({
      width: place.clientWidth,
      height: 260,
      padding: [null, 28, null, null],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
      scales: { x: { time: true } },
      axes: [
        {
          ...axis,
          splits: ticks,
          values: (_plot, places) => places.map((seconds) => (step === "quarter" ? quarter(seconds) : day(seconds, step === "month" ? { year: "numeric" } : { day: "numeric" }))),
        },
        { ...axis, size: 56 },
      ],
      cursor: { y: false },
      hooks: {
        draw: [(plot) => alone(plot, faint), drawPoints],
        setCursor: [rest],
        ready: [(plot) => {
          rest(plot);
          plot.over.addEventListener("click", () => { const to = address(plot.cursor.idx); if (to) location.assign(to); });
          plot.over.classList.toggle("leads", rows.some((_row, index) => address(index)));
        }],
      },
      // A band has no line of its own to be known by.
      legend: { live: true, markers: { fill: (_plot, index) => (index === 2 || index === 3 ? faint : "transparent") } },
      series: [
        { label: place.dataset.when, value: (_plot, seconds) => (seconds === null ? "" : day(seconds, { day: "numeric", year: "numeric" })) },
        { label: place.dataset.label, stroke: accent, width: 2, value: (_plot, value, _series, index) => (value === null ? "" : said(value, index)), points: { show: false } },
        { label: `${place.dataset.between} ↓`, stroke: "transparent", value: plain, points: { show: false } },
        { label: `${place.dataset.between} ↑`, stroke: "transparent", value: plain, points: { show: false } },
        ...parts.map(([series]) => series),
        ...lines.map(line),
      ],
      bands: [{ series: [3, 2], fill: faint }],
    }, [at, whole, column("low"), column("high"), ...parts.map(([, data]) => data), ...lines.map(({ value }) => at.map(() => value))], place);
  }

  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);
  let width = 0;
  new ResizeObserver(() => {
    if (document.body.clientWidth === width) return;
    width = document.body.clientWidth;
    drawAll();
  }).observe(document.body);
  document.addEventListener("htmx:after:swap", drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
