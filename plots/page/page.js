// The script of a page: one slider over time steps, which all pictures of single steps
// share; the choice of an image; tables that sort; numbers under the pointer. It reads
// the JSON of the page and nothing else. Without it the page shows all steps at once.
(function () {
'use strict';
const $ = (selector, within) => (within || document).querySelector(selector);
const $$ = (selector, within) => Array.from((within || document).querySelectorAll(selector));
function make(name, attributes, ...children) {
  const e = document.createElement(name);
  for (const [k, v] of Object.entries(attributes || {})) {
    if (k === 'class') e.className = v;
    else if (k === 'hidden') e.hidden = v;
    else if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else e.setAttribute(k, v);
  }
  e.append(...children);
  return e;
}
function svg(name, attributes) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  return e;
}
function bytes(text) {
  const raw = atob(text || ''), list = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) list[i] = raw.charCodeAt(i);
  return list;
}
function number(v) {
  if (!isFinite(v)) return 'no number';
  return String(Number(v.toPrecision(3))).replace('-', '−');
}
const dark = window.matchMedia('(prefers-color-scheme: dark)');

// What is under the pointer.
const tip = make('div', { class: 'tip', role: 'status', hidden: true });
document.body.append(tip);
function say(text, x, y, colour) {
  tip.textContent = text;
  tip.style.borderLeftColor = colour || 'transparent';
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(x + 12, window.innerWidth - box.width - 4)) + 'px';
  tip.style.top = (y + 16 + box.height > window.innerHeight ? y - box.height - 10 : y + 16) + 'px';
}
function hush() { tip.hidden = true; }

// Tables sort by a column; a second time the other way round.
function value(cell) {
  const text = cell.textContent.trim().replace(/−/g, '-').replace(/^[<>≈≤≥]\s*/, '').replace(/,/g, '');
  const v = parseFloat(text);
  return isNaN(v) || !/^[+-]?[\d.]/.test(text) ? null : v;
}
for (const table of $$('table.sorts')) {
  const heads = $$('thead th', table), body = $('tbody', table), first = Array.from(body.rows);
  heads.forEach((th, k) => {
    const button = make('button', { type: 'button', class: 'sort', title: 'sort by this column' });
    button.append(...Array.from(th.childNodes));
    th.append(button);
    button.addEventListener('click', () => {
      const was = th.getAttribute('aria-sort');
      heads.forEach(h => h.removeAttribute('aria-sort'));
      let rows = first.slice();
      if (was !== 'descending') {
        const up = was !== 'ascending';
        th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        const numbers = first.some(r => value(r.cells[k]) !== null);
        rows.sort((a, b) => {
          const x = a.cells[k], y = b.cells[k];
          let d;
          if (numbers) {
            const v = value(x), w = value(y);
            if (v === null || w === null) return (v === null) - (w === null);
            d = v - w;
          } else d = x.textContent.localeCompare(y.textContent, 'en', { numeric: true });
          return up ? d : -d;
        });
      }
      body.append(...rows);
    });
  });
}

// Numbers of figures: the nearest to the pointer, or to the step.
for (const figure of $$('figure svg')) {
  const marks = $$('.marks circle', figure);
  if (!marks.length) continue;
  figure.addEventListener('pointermove', event => {
    let best = null, least = 14 * 14;
    for (const m of marks) {
      const box = m.getBoundingClientRect();
      const dx = box.left + box.width / 2 - event.clientX, dy = box.top + box.height / 2 - event.clientY;
      if (dx * dx + dy * dy < least) { least = dx * dx + dy * dy; best = m; }
    }
    if (best) say(best.dataset.text, event.clientX, event.clientY, best.dataset.colour);
    else hush();
  });
  figure.addEventListener('pointerleave', hush);
}

const source = document.getElementById('moving');
if (!source) return;
const page = JSON.parse(source.textContent);
const time = page.timeline, images = page.images;
let step = Math.max(0, time.onset), image = null, timer = 0;
const watchers = [];

// The slider.
const clock = $('.clock'), range = $('.clock input'), now = $('.clock output'), play = $('.clock .play');
document.body.classList.add('timed');
clock.hidden = false;
function stepText(t) {
  let text = 'step ' + t;
  if (time.ms > 0) text += ' (' + number(t * time.ms) + ' ms)';
  if (time.screen[t]) text += ' · ' + time.screen[t];
  if (time.onset < 0 || t < time.onset) text += ' · before the readout sees it';
  return text;
}
function show(t) {
  step = Math.max(0, Math.min(time.steps - 1, t));
  range.value = step;
  now.textContent = stepText(step);
  range.setAttribute('aria-valuetext', now.textContent);
  for (const w of watchers) w();
}
function stop() {
  clearInterval(timer);
  timer = 0;
  play.textContent = '▶';
  play.setAttribute('aria-label', 'play');
}
function start() {
  timer = setInterval(() => show((step + 1) % time.steps), 600);
  play.textContent = '⏸';
  play.setAttribute('aria-label', 'pause');
}
range.addEventListener('input', () => { stop(); show(Number(range.value)); });
play.addEventListener('click', () => { if (timer) stop(); else start(); });
$('.clock .back').addEventListener('click', () => { stop(); show(step - 1); });
$('.clock .on').addEventListener('click', () => { stop(); show(step + 1); });
document.addEventListener('keydown', event => {
  if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
    const wide = event.target.closest && event.target.closest('.wide');
    if (wide && wide.scrollWidth > wide.clientWidth) return; // the keys scroll it
    stop();
    show(step + (event.key === 'ArrowRight' ? 1 : -1));
    event.preventDefault();
  } else if (event.key === ' ' && !/^(BUTTON|A|SUMMARY)$/.test(event.target.tagName)) {
    if (timer) stop(); else start();
    event.preventDefault();
  }
});

// A line at the step in panels over time.
for (const panel of $$('.times line')) {
  watchers.push(() => {
    const d = panel.dataset, lo = Number(d.lo), hi = Number(d.hi), l = Number(d.l), r = Number(d.r);
    const x = l + (step - lo) / (hi - lo) * (r - l);
    panel.setAttribute('x1', x);
    panel.setAttribute('x2', x);
    panel.style.visibility = step >= lo && step <= hi ? 'visible' : 'hidden';
  });
}
for (const figure of $$('figure')) {
  const marks = $$('.marks circle', $('svg', figure) || figure).filter(m => m.dataset.step !== undefined);
  if (!marks.length) continue;
  const list = make('p', { class: 'note values' });
  $('figcaption', figure).before(list);
  watchers.push(() => {
    const here = marks.filter(m => Number(m.dataset.step) === step);
    list.replaceChildren();
    const most = 12;
    here.slice(0, most).forEach((m, i) => {
      const swatch = make('span', { class: 'swatch' });
      swatch.style.background = m.dataset.colour;
      list.append(i ? ' ' : 'At step ' + step + ': ', swatch, m.dataset.short);
    });
    if (here.length > most) list.append(' and ' + (here.length - most) + ' more');
    if (!here.length) list.append('At step ' + step + ': nothing drawn');
  });
}

// Pictures of one step.
function mix(table) {
  const rgb = table.map(c => [1, 3, 5].map(i => parseInt(c.slice(i, i + 2), 16)));
  return v => {
    const x = Math.max(0, Math.min(1, v)) * (rgb.length - 1), i = Math.min(Math.floor(x), rgb.length - 2), f = x - i;
    return rgb[i].map((a, k) => Math.round(a + f * (rgb[i + 1][k] - a)));
  };
}
const ramps = { plain: mix(page.ramps.plain), signed: mix(page.ramps.signed) };

function panelOf(film, p) {
  const rows = p.rows.length, columns = p.columns.length, raw = bytes(p.data);
  const most = p.bytes === 2 ? 65534 : 254, ramp = p.signed ? ramps.signed : ramps.plain;
  const at = (k, i) => {
    const j = (k * rows * columns + i) * p.bytes, v = p.bytes === 2 ? raw[j] + 256 * raw[j + 1] : raw[j];
    return v > most ? NaN : p.lo + v / most * (p.hi - p.lo);
  };
  const canvas = make('canvas', { width: columns, height: rows, role: 'img', tabindex: '0' });
  const empty = make('span', { class: 'empty', hidden: true }, 'no numbers');
  const map = make('div', { class: 'map' }, canvas, empty);
  const box = make('div', { class: 'panel' + (p.image < 0 ? ' whole' : '') }, make('span', { class: 'name' }, p.name), map);
  if (p.image < 0) sides(p, map);
  const rowAt = y => p.upwards ? rows - 1 - y : y;
  function draw() {
    const k = film.steps.indexOf(step), c = canvas.getContext('2d'), m = c.createImageData(columns, rows);
    const none = dark.matches ? [44, 44, 44] : [233, 233, 233];
    let any = false;
    for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) {
      const v = k < 0 ? NaN : at(k, rowAt(y) * columns + x), i = 4 * (y * columns + x);
      any = any || !isNaN(v);
      const colour = isNaN(v) ? none : ramp((v - p.lo) / (p.hi - p.lo));
      m.data[i] = colour[0]; m.data[i + 1] = colour[1]; m.data[i + 2] = colour[2]; m.data[i + 3] = 255;
    }
    c.putImageData(m, 0, 0);
    empty.hidden = any;
    canvas.setAttribute('aria-label', [p.area, p.name, 'step ' + step].filter(Boolean).join(', ') + (any ? '' : ', no numbers'));
  }
  canvas.addEventListener('pointermove', event => {
    const r = canvas.getBoundingClientRect(), k = film.steps.indexOf(step);
    const x = Math.max(0, Math.min(columns - 1, Math.floor((event.clientX - r.left) / r.width * columns)));
    const y = rowAt(Math.max(0, Math.min(rows - 1, Math.floor((event.clientY - r.top) / r.height * rows))));
    if (k < 0) return hush();
    const v = at(k, y * columns + x);
    say([p.area, p.name].filter(Boolean).join(', ') + ', step ' + step + ', ' + p.axes[0] + ' ' + p.rows[y] + (p.down ? ' (' + p.down[y] + ')' : '') + ', ' + p.axes[1] + ' ' + p.columns[x] + (p.across ? ' (' + p.across[x] + ')' : '') + ': ' +
      number(v) + (isFinite(v) && film.unit ? ' ' + film.unit : ''), event.clientX, event.clientY);
  });
  canvas.addEventListener('pointerleave', hush);
  return { box, draw, image: p.image };
}

// sides names the rows and columns of a map, each where there is room for it.
function sides(p, map) {
  const down = p.upwards ? p.rows.slice().reverse() : p.rows;
  map.classList.add('named');
  const left = make('div', { class: 'left' }), below = make('div', { class: 'below' });
  const runs = list => list.reduce((runs, name) => {
    if (runs.length && runs[runs.length - 1].name === name) runs[runs.length - 1].n++;
    else runs.push({ name, n: 1 });
    return runs;
  }, []);
  const put = (to, names, groups) => {
    for (const r of groups ? runs(groups) : names.map(name => ({ name, n: 1 }))) {
      const e = make('span', groups ? { class: 'group' } : {}, r.name);
      e.style.flexGrow = r.n;
      to.append(e);
    }
  };
  if (p.down ? runs(p.down).length <= 30 : down.length <= 30) put(left, down, p.down);
  if (p.across ? runs(p.across).length <= 30 : p.columns.length <= 30) put(below, p.columns, p.across);
  const by = p.down && left.childNodes.length ? ', by class' : '';
  map.append(left, below, make('div', { class: 'what' }, 'down: ' + p.axes[0] + ', across: ' + p.axes[1] + by));
}

// linesOf draws curves of one step, or paths up to it, on the scale of all steps.
function linesOf(film, p) {
  const W = 260, H = 190, L = 44, R = 8, T = 8, B = 34, xs = [], ys = [];
  const take = (list, v) => { if (v !== null && isFinite(v)) list.push(v); };
  for (const l of p.lines) {
    if (p.paths) for (const y of l.y) { take(xs, y[0]); take(ys, y[1]); }
    else {
      l.at.forEach(v => take(xs, v));
      for (const list of [l.y].concat(l.low || [], l.high || [])) for (const y of list.flat()) take(ys, y);
    }
  }
  const span = list => {
    let lo = Math.min(...list), hi = Math.max(...list);
    if (!list.length) { lo = 0; hi = 1; }
    const pad = (hi - lo) * 0.05 || 0.5;
    return [lo - pad, hi + pad];
  };
  let [x0, x1] = span(xs), [y0, y1] = span(ys);
  if (p.paths) { // one unit is as long upwards as to the right
    const each = Math.max((x1 - x0) / (W - L - R), (y1 - y0) / (H - T - B)), mx = (x0 + x1) / 2, my = (y0 + y1) / 2;
    [x0, x1, y0, y1] = [mx - each * (W - L - R) / 2, mx + each * (W - L - R) / 2, my - each * (H - T - B) / 2, my + each * (H - T - B) / 2];
  }
  const X = v => L + (v - x0) / (x1 - x0) * (W - L - R), Y = v => H - B - (v - y0) / (y1 - y0) * (H - T - B);
  const s = svg('svg', { viewBox: '0 0 ' + W + ' ' + H, class: 'lines', role: 'img', tabindex: '0' });
  const fixed = svg('g', { class: 'axes' }), moves = svg('g', {});
  s.append(fixed, moves);
  fixed.append(svg('path', { d: 'M' + L + ' ' + T + 'V' + (H - B) + 'H' + (W - R) }));
  const word = (text, x, y, anchor, turn) => {
    const t = svg('text', { x, y, 'text-anchor': anchor });
    if (turn) t.setAttribute('transform', 'rotate(-90 ' + x + ' ' + y + ')');
    t.textContent = text;
    fixed.append(t);
  };
  word(p.axes[0], (L + W - R) / 2, H - 4, 'middle');
  word(p.axes[1], 9, (T + H - B) / 2, 'middle', true);
  const ticks = (lo, hi) => {
    const raw = (hi - lo) / 3, ten = Math.pow(10, Math.floor(Math.log10(raw))), gap = [5, 2, 1].map(k => k * ten).find(g => g <= raw * 1.0001), list = [];
    for (let v = Math.ceil(lo / gap) * gap; v <= hi; v += gap) list.push(Math.abs(v) < gap * 1e-6 ? 0 : v);
    return list;
  };
  for (const v of ticks(y0, y1)) word(number(v), L - 4, Y(v) + 3, 'end');
  const names = !p.paths && p.lines[0].x.some(n => isNaN(parseFloat(n)));
  if (names) p.lines[0].x.forEach((n, k) => { if (p.lines[0].x.length < 9) word(n, X(p.lines[0].at[k]), H - B + 12, 'middle'); });
  else for (const v of ticks(x0, x1)) word(number(v), X(v), H - B + 12, 'middle');
  const box = make('div', { class: 'panel plot' }, make('span', { class: 'name' }, p.name), s);
  function draw() {
    const k = film.steps.indexOf(step);
    moves.replaceChildren();
    let said = [];
    for (const l of p.lines) {
      const look = { stroke: l.colour || 'currentColor', 'stroke-dasharray': (l.dash || []).join(' ') }, dots = [];
      let d = '', pen = 'M';
      const go = (x, y) => {
        if (x === null || y === null) { pen = 'M'; return; }
        d += pen + X(x).toFixed(1) + ' ' + Y(y).toFixed(1);
        pen = 'L';
      };
      if (k >= 0 && p.paths) {
        for (let j = 0; j <= k; j++) go(l.y[j][0], l.y[j][1]);
        if (l.y[k][0] !== null) dots.push([l.y[k][0], l.y[k][1], l.name + ': ' + number(l.y[k][0]) + ', ' + number(l.y[k][1])]);
      } else if (k >= 0) {
        if (l.low && l.low.length) l.at.forEach((x, i) => {
          if (l.low[k][i] !== null && l.high[k][i] !== null) moves.append(svg('path', { d: 'M' + X(x) + ' ' + Y(l.low[k][i]) + 'V' + Y(l.high[k][i]), stroke: look.stroke, opacity: 0.5 }));
        });
        l.at.forEach((x, i) => { go(x, l.y[k][i]); if (l.y[k][i] !== null) dots.push([x, l.y[k][i], l.x[i] + ': ' + number(l.y[k][i])]); });
      }
      if (d) moves.append(svg('path', Object.assign({ d }, look)));
      for (const [x, y, text] of dots) {
        const c = svg('circle', { cx: X(x), cy: Y(y), r: 3, fill: look.stroke });
        c.addEventListener('pointermove', event => say([p.area, 'step ' + step, text].filter(Boolean).join(', '), event.clientX, event.clientY, l.colour));
        c.addEventListener('pointerleave', hush);
        moves.append(c);
        if (p.paths && p.lines.length > 1 && p.lines.length <= 16) {
          const t = svg('text', { x: X(x) + 4.5, y: Y(y) + 3 });
          t.textContent = l.name;
          moves.append(t);
        }
        said.push(text);
      }
    }
    s.setAttribute('aria-label', [p.area, p.axes[1] + ' over ' + p.axes[0], 'step ' + step].filter(Boolean).join(', ') + ': ' + (said.length ? said.slice(0, 30).join('; ') : 'no numbers'));
  }
  return { box, draw, image: p.image };
}

function barOf(p, unit) {
  const c = make('canvas', { width: 64, height: 1, 'aria-hidden': 'true' }), g = c.getContext('2d'), m = g.createImageData(64, 1);
  for (let i = 0; i < 64; i++) {
    const colour = (p.signed ? ramps.signed : ramps.plain)(i / 63);
    m.data.set([...colour, 255], 4 * i);
  }
  g.putImageData(m, 0, 0);
  return make('div', { class: 'bar' }, number(p.lo), c, number(p.hi), make('span', {}, unit));
}

for (const film of page.movies) {
  const figure = document.getElementById(film.figure), inside = make('div', { class: 'moving' });
  const rows = new Map(), panels = [];
  for (const p of film.panels) {
    if (!rows.has(p.area)) {
      const list = make('div', { class: 'panels' });
      inside.append(make('div', { class: 'place' }, make('div', { class: 'area' }, make('strong', {}, p.area), p.lines ? '' : barOf(p, film.unit)), list));
      rows.set(p.area, list);
    }
    const x = p.lines ? linesOf(film, p) : panelOf(film, p);
    rows.get(p.area).append(x.box);
    panels.push(x);
  }
  if (Array.from(rows.values()).every(list => list.childNodes.length === 1)) inside.classList.add('single');
  const without = make('p', { class: 'note', hidden: true }, 'The responses to this image are not on the page: they were not recorded, or there was no room. Images whose names are bold have theirs.');
  inside.prepend(without);
  const here = make('p', { class: 'note' });
  inside.append(here);
  const still = $('.still', figure);
  const toggle = make('button', { type: 'button', class: 'toggle' }, 'show all steps');
  toggle.addEventListener('click', () => {
    toggle.textContent = figure.classList.toggle('on') ? 'show all steps' : 'show one step';
    show(step);
  });
  still.before(toggle, inside);
  figure.classList.add('moves', 'on');
  const watch = () => {
    if (!figure.classList.contains('on')) return;
    here.textContent = 'Here at step ' + step + (film.note ? '; ' + film.note : '') + '.';
    let any = false, some = false;
    for (const p of panels) {
      const mine = p.image < 0 || p.image === image;
      some = some || p.image >= 0;
      any = any || mine;
      p.box.hidden = !mine;
      if (mine) p.draw();
    }
    without.hidden = any || !some;
    for (const list of rows.values()) list.parentElement.hidden = !any;
  };
  watchers.push(watch);
}

// Pictures of one step that are drawn already.
for (const figure of $$('figure')) {
  const steps = $$('.step', figure), still = $('.still', figure);
  if (!steps.length) continue;
  figure.classList.add('moves', 'on');
  const here = make('p', { class: 'note here' });
  const toggle = make('button', { type: 'button', class: 'toggle' }, 'show the mean over steps');
  toggle.addEventListener('click', () => {
    toggle.textContent = figure.classList.toggle('on') ? 'show the mean over steps' : 'show one step';
    show(step);
  });
  still.before(toggle);
  $('figcaption', figure).before(here);
  watchers.push(() => {
    const on = figure.classList.contains('on');
    for (const s of steps) s.hidden = !on || Number(s.dataset.step) !== step;
    here.textContent = on ? 'Here at step ' + step + '.' : 'Here the mean over steps.';
  });
}

// The image chooser.
if (images) choose();
function choose() {
  const steps = images.steps.length, right = bytes(images.right), chosen = bytes(images.chosen), belief = bytes(images.belief);
  const maps = new Set();
  for (const f of page.movies) for (const p of f.panels) if (p.image >= 0) maps.add(p.image);
  const className = k => k >= 0 && k < images.classes.length ? images.classes[k] : k >= 0 ? 'class ' + k : 'no class';
  const answer = (i, k) => {
    const j = 2 * (i * steps + k);
    return chosen.length ? chosen[j] + 256 * chosen[j + 1] : 65535;
  };
  // since is the first step from which the answer stays right; -1 where it is wrong at the last.
  const list = images.ids.map((id, i) => {
    let since = -1, ever = false;
    for (let k = steps - 1; k >= 0 && right[i * steps + k] === 1; k--) since = images.steps[k];
    for (let k = 0; k < steps; k++) ever = ever || right[i * steps + k] === 1;
    return { id, i, label: images.labels[i], since, ever, right: right[i * steps + steps - 1] === 1 };
  });
  const solved = list.filter(x => x.since >= 0).map(x => x.since).sort((a, b) => a - b);
  const middle = solved.length ? solved[Math.floor((solved.length - 1) / 2)] : 0;
  const host = $('.images'), q = name => $('[name=' + name + ']', host), found = $('.found', host), grid = $('.grid', host), detail = $('.detail', host), more = $('.more', host);
  $('.choose', host).hidden = false;
  const classes = Array.from(new Set(images.labels)).filter(k => k >= 0).sort((a, b) => a - b);
  for (const k of classes) q('class').append(make('option', { value: k }, className(k)));
  for (const [v, text] of [['early', 'by step ' + middle + ' or earlier (early)'], ['late', 'after step ' + middle + ' (late)'], ['lost', 'was right, is wrong at the end'], ['never', 'never']]) q('when').append(make('option', { value: v }, text));
  for (const s of Array.from(new Set(solved))) q('when').append(make('option', { value: s }, 'from step ' + s));
  const name = x => 'image ' + x.id + ', ' + className(x.label) + ', ' + (x.right ? 'right from step ' + x.since : x.ever ? 'right for a while' : 'never right');
  let most = 48;
  function matches(x) {
    const text = q('text').value.trim().toLowerCase(), k = q('class').value, a = q('answer').value, w = q('when').value;
    if (text && !(String(x.id) === text || className(x.label).toLowerCase().includes(text))) return false;
    if (k !== '' && x.label !== Number(k)) return false;
    if (a === 'right' && !x.right || a === 'wrong' && x.right) return false;
    if (w === 'early') return x.since >= 0 && x.since <= middle;
    if (w === 'late') return x.since > middle;
    if (w === 'lost') return x.ever && !x.right;
    if (w === 'never') return !x.ever;
    return w === '' || x.since === Number(w);
  }
  // known goes before unknown: images with maps, with pictures, without.
  const rank = x => maps.has(x.id) ? 0 : images.pictures[x.id] ? 1 : 2;
  const ordered = list.slice().sort((a, b) => rank(a) - rank(b) || a.i - b.i);
  function fill() {
    const hits = ordered.filter(matches);
    found.textContent = hits.length + ' of ' + list.length + ' images' + (images.of > list.length ? ' (of ' + images.of + ' in the ' + images.split + ' split)' : '');
    grid.replaceChildren();
    for (const x of hits.slice(0, most)) {
      const b = make('button', { type: 'button', class: 'image' + (maps.has(x.id) ? ' known' : ''), 'aria-pressed': String(x.id === image), 'aria-label': name(x), title: name(x) });
      if (images.pictures[x.id]) b.append(make('img', { src: images.pictures[x.id], alt: '', width: 48, height: 48 }));
      b.append(make('span', {}, (x.right ? '✓ ' : '✗ ') + className(x.label)));
      b.addEventListener('click', () => pick(x.id));
      b.dataset.id = x.id;
      grid.append(b);
    }
    more.hidden = hits.length <= most;
  }
  function pick(id) {
    image = id;
    for (const b of $$('button.image', grid)) b.setAttribute('aria-pressed', String(Number(b.dataset.id) === id));
    show(step);
  }
  function tell() {
    const x = list.find(x => x.id === image);
    detail.hidden = !x;
    if (!x) return;
    detail.replaceChildren();
    if (images.pictures[x.id]) detail.append(make('img', { src: images.pictures[x.id], alt: 'image ' + x.id, class: 'large' }));
    const row = (head, cell, kind) => {
      const tr = make('tr', {}, make('th', { scope: 'row' }, head));
      images.steps.forEach((s, k) => {
        const td = make('td', { class: s === step ? 'now' : '' });
        cell(td, k);
        tr.append(td);
      });
      return tr;
    };
    const text = make('div', {}, make('p', {}, make('strong', {}, 'Image ' + x.id), ' of the ' + images.split + ' split, ' + className(x.label) + ': ' +
      (x.right ? 'right from step ' + x.since + ' on.' : x.ever ? 'right for a while, wrong at the last step.' : 'never right.')));
    const table = make('table', { class: 'answers' },
      row('step', (td, k) => td.append(String(images.steps[k]))),
      row('answer', (td, k) => { const c = answer(x.i, k); td.append(c === 65535 ? '–' : className(c)); }),
      row('right', (td, k) => td.append(right[x.i * steps + k] === 1 ? '✓' : right[x.i * steps + k] === 0 ? '✗' : '–')),
      row('p(class)', (td, k) => { const v = belief[x.i * steps + k]; td.append(v === undefined || v === 255 ? '–' : (v / 254).toFixed(2)); }));
    text.append(make('div', { class: 'wide', tabindex: '0', role: 'group', 'aria-label': 'answers to the image by step' }, table));
    detail.append(text);
  }
  for (const e of $$('input, select', host)) e.addEventListener('input', () => { most = 48; fill(); });
  more.addEventListener('click', () => { most += 96; fill(); });
  watchers.push(tell);
  image = ordered.length ? ordered[0].id : null;
  fill();
}
dark.addEventListener('change', () => show(step));
show(step);
})();
