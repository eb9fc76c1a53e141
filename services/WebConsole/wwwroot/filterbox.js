// A text box whose text belongs to the browser: the server hears of it, but never writes it back while a person types, so the caret stays.
const pause = 60;

export function attach(box, list, component, text) {
  let timer;
  let lost = false;
  let active = -1;
  let chosen;
  box.value = text;

  const options = () => [...list.querySelectorAll('[role=option]')];
  const isOpen = () => !list.hidden && options().length > 0;

  const report = () => {
    clearTimeout(timer);
    if (!lost) component.invokeMethodAsync('Typed', box.value, box.selectionStart ?? box.value.length, document.activeElement === box);
  };

  // What is typed while the connection is lost is reported when it is back.
  const notice = document.getElementById('components-reconnect-modal');
  const connection = event => {
    lost = event.detail.state !== 'hide';
    if (!box.isConnected) notice.removeEventListener('components-reconnect-state-changed', connection);
    else if (!lost) report();
  };
  notice.addEventListener('components-reconnect-state-changed', connection);

  const choose = index => {
    active = index;
    options().forEach((option, i) => option.setAttribute('aria-selected', i === index));
    const option = options()[index];
    chosen = option?.dataset.insert;
    if (option) {
      box.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else {
      box.removeAttribute('aria-activedescendant');
    }
  };

  const show = shown => {
    list.hidden = !shown;
    box.setAttribute('aria-expanded', shown && options().length > 0);
    choose(-1);
  };

  const accept = option => {
    const end = box.selectionStart;
    const start = Math.min(Number(option.dataset.start), end);
    box.setRangeText(option.dataset.insert, start, end, 'end');
    box.focus();
    show(true);
    report();
  };

  box.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(report, pause);
    list.hidden = false;
  });
  box.addEventListener('focus', report);
  box.addEventListener('blur', () => setTimeout(() => show(false), 150));
  box.addEventListener('keydown', event => {
    const count = options().length;
    if (event.key === 'ArrowDown' && count > 0) {
      if (list.hidden) show(true);
      choose((active + 1) % count);
    } else if (event.key === 'ArrowUp' && isOpen()) {
      choose((active + count - 1 + (active < 0 ? 1 : 0)) % count);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && isOpen() && active >= 0) {
      accept(options()[active]);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      show(false);
      report();
    } else if (event.key === 'Escape' && isOpen()) {
      show(false);
    } else {
      return;
    }
    event.preventDefault();
  });
  list.addEventListener('mousedown', event => {
    const option = event.target.closest('[role=option]');
    if (option) {
      event.preventDefault();
      accept(option);
    }
  });
  new MutationObserver(() => {
    box.setAttribute('aria-expanded', isOpen());
    // A choice stays while it is offered.
    choose(chosen === undefined ? -1 : options().findIndex(option => option.dataset.insert === chosen));
  }).observe(list, { childList: true });
}

export function replace(box, text) {
  if (box.value !== text) box.value = text;
}
