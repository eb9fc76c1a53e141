// While the connection is lost, nothing a person does reaches the server. Buttons, links and lists say so instead of doing nothing; texts can be
// written on. When the connection is back, they are given to the page, which says which; after a restart of the server, the page is read again first.
const notice = document.getElementById('components-reconnect-modal');
const report = document.getElementById('written-offline');
const boxes = 'textarea, input:not([type=checkbox], [type=radio], [type=range], [type=file], [type=button], [type=submit])';
const place = 'tagsegments.written';
const patience = 20000;

// What was written since the server last heard of a box, and whether a part of it was written without a connection.
const written = new Map();
let [lost, isCut, isOffline] = [false, false, false];

const isText = element => element instanceof Element && element.matches(boxes);
const keyOf = box => box.id ? `#${CSS.escape(box.id)}` : box.name ? `[name="${CSS.escape(box.name)}"]` : undefined;
const labelOf = box => (box.labels?.[0]?.textContent || box.getAttribute('aria-label') || box.placeholder || box.name || '').trim();

const note = box => written.set(box, { label: labelOf(box), alone: lost || (written.get(box)?.alone ?? false) });
document.addEventListener('input', event => {
  if (isText(event.target)) note(event.target);
}, true);
document.addEventListener('change', event => {
  if (lost && isText(event.target)) note(event.target);
  else written.delete(event.target);
}, true);

const refuse = event => {
  if (!lost || notice.contains(event.target) || isText(event.target)) return;
  if (event.type.endsWith('down') && event.type !== 'keydown' && !event.target.closest('select, input, .rz-dropdown, [role=option]')) return;
  if (event.type === 'keydown' && !['Enter', ' ', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'].includes(event.key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.type !== 'click' && event.type !== 'submit') return;
  notice.classList.remove('insists');
  void notice.offsetWidth;
  notice.classList.add('insists');
};
for (const type of ['click', 'mousedown', 'pointerdown', 'keydown', 'submit', 'change', 'drop']) document.addEventListener(type, refuse, true);

const give = (box, text) => {
  box.value = text;
  for (const type of ['input', 'change']) box.dispatchEvent(new Event(type, { bubbles: true }));
};

// A name for each text, and the text itself where the page has no box for it any more.
const say = (kind, texts) => {
  if (texts.length === 0) return;
  const list = report.querySelector(`.${kind} ul`);
  list.replaceChildren(...texts.map(({ label, text }) => {
    const item = document.createElement('li');
    item.textContent = kind === 'missing' ? `${label}: ${text}` : label;
    return item;
  }));
  report.querySelector(`.${kind}`).hidden = false;
  report.hidden = false;
};
report.querySelector('button').addEventListener('click', () => report.hidden = true);

const goOn = () => {
  const texts = [...written].filter(([box, { alone }]) => alone && box.isConnected).map(([box, { label }]) => ({ box, label, text: box.value }));
  texts.forEach(({ box }) => written.delete(box));
  texts.forEach(({ box, text }) => give(box, text));
  say('taken', texts);
};

const keep = () => {
  const texts = [...written].filter(([box]) => box.isConnected && box.type !== 'password')
    .map(([box, { label }]) => ({ key: keyOf(box), label, text: box.value }));
  if (texts.length) sessionStorage.setItem(place, JSON.stringify({ path: location.pathname, texts }));
};

// The boxes are there once the page has read what it shows.
const giveBack = async () => {
  const kept = JSON.parse(sessionStorage.getItem(place) ?? 'null');
  sessionStorage.removeItem(place);
  if (!kept || kept.path !== location.pathname) return;
  const taken = [], missing = [];
  const end = performance.now() + patience;
  for (const one of kept.texts) {
    let box;
    while (!(box = one.key && document.querySelector(one.key)) && performance.now() < end) await new Promise(done => setTimeout(done, 100));
    while (document.querySelector('main [aria-busy=true]') && performance.now() < end) await new Promise(done => setTimeout(done, 100));
    box = one.key && document.querySelector(one.key);
    if (!box) missing.push(one);
    else if (box.value !== one.text) {
      give(box, one.text);
      taken.push(one);
    }
  }
  say('taken', taken);
  say('missing', missing);
};

const tryAgain = async () => {
  try {
    if (!await Blazor.reconnect()) reload();
  } catch {
    setTimeout(tryAgain, 3000);
  }
};

const reload = () => {
  keep();
  location.reload();
};

const look = () => {
  const before = lost;
  lost = isCut || isOffline;
  document.documentElement.classList.toggle('lost', lost);
  if (before && !lost) goOn();
};
window.addEventListener('offline', () => (isOffline = true, look()));
window.addEventListener('online', () => (isOffline = false, look()));
notice.addEventListener('components-reconnect-state-changed', event => {
  const state = event.detail.state;
  isCut = state !== 'hide';
  look();
  if (state === 'rejected') reload();
  if (state === 'failed') setTimeout(tryAgain, 3000);
});

// A line that carries nothing counts as lost after some seconds. It is tried again for as long as the page is open.
Blazor.start({
  circuit: {
    configureSignalR: builder => builder.withServerTimeout(15000),
    reconnectionOptions: { maxRetries: 1000, retryIntervalMilliseconds: tries => tries < 20 ? 500 : 3000 },
  },
});
giveBack();
