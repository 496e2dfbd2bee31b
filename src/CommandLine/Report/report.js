"use strict";
// The pointer over a chart, or the arrow keys when the chart has the focus, shows an epoch's values. They are those of the table
// below it: the n-th key of the legend belongs to the n-th column of each quantity.
for (const charts of document.querySelectorAll(".charts")) {
  const rows = [...charts.querySelectorAll("tbody tr")];
  const keys = [...charts.querySelectorAll(".key")];
  const panels = [...charts.querySelectorAll(".panel")].map((panel, index) => {
    const readout = panel.appendChild(document.createElement("div"));
    readout.className = "readout";
    readout.hidden = true;
    return { panel, readout, index, svg: panel.querySelector("svg"), cross: panel.querySelector(".cross") };
  });
  let shown = 0;

  // Where the axis of epochs begins and ends, in units of the drawing, and with which epochs.
  const axis = (svg) => ["left", "right", "first", "last"].map((name) => Number(svg.dataset[name]));

  function fill(readout, row, index) {
    const heading = document.createElement("b");
    heading.textContent = "epoch " + row.cells[0].textContent;
    const lines = keys.map((key, n) => {
      const line = key.cloneNode(true);
      line.className = key.className.replace("key", "line");
      const value = line.appendChild(document.createElement("span"));
      value.className = "n";
      value.textContent = row.cells[1 + index * keys.length + n].textContent;
      return line;
    });
    readout.replaceChildren(heading, ...lines);
  }

  function show(epoch) {
    shown = Math.min(Math.max(epoch, 1), rows.length);
    for (const { panel, readout, index, svg, cross } of panels) {
      const [left, right, first, last] = axis(svg);
      const x = left + ((shown - first) / (last - first)) * (right - left);
      cross.setAttribute("transform", `translate(${x} 0)`);
      panel.classList.add("hovered");
      for (const point of svg.querySelectorAll("circle")) {
        point.classList.toggle("at", Number(point.dataset.epoch) === shown);
      }
      fill(readout, rows[shown - 1], index);
      readout.hidden = false;
      // Beside the crosshair, on the side with more room.
      const width = svg.getBoundingClientRect().width;
      const at = (x / svg.viewBox.baseVal.width) * width;
      const side = at > width / 2 ? at - 12 - readout.offsetWidth : at + 12;
      readout.style.left = `${Math.max(0, Math.min(side, width - readout.offsetWidth))}px`;
    }
  }

  function hide() {
    shown = 0;
    for (const { panel, readout, svg } of panels) {
      panel.classList.remove("hovered");
      readout.hidden = true;
      svg.querySelectorAll("circle.at").forEach((point) => point.classList.remove("at"));
    }
  }

  for (const { panel, svg } of panels) {
    panel.tabIndex = 0;
    const follow = (event) => {
      const x = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()).x;
      const [left, right, first, last] = axis(svg);
      show(Math.round(first + ((x - left) / (right - left)) * (last - first)));
    };
    svg.addEventListener("pointermove", follow);
    svg.addEventListener("pointerdown", follow);
    svg.addEventListener("pointerleave", hide);
    panel.addEventListener("blur", hide);
    panel.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) {
        show(shown === 0 ? (step > 0 ? 1 : rows.length) : shown + step);
        event.preventDefault();
      } else if (event.key === "Escape") {
        hide();
      }
    });
  }
}
