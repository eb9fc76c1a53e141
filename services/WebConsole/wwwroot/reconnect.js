// What is changed while the connection is lost belongs to the browser. When it is back, each change is reported once.
let lost = false;
const changed = new Set();

document.addEventListener('change', event => {
  if (!lost) return;
  // A mark that is set and taken off again has not changed.
  if (event.target.type === 'checkbox' && changed.has(event.target)) changed.delete(event.target);
  else changed.add(event.target);
}, true);

document.getElementById('components-reconnect-modal').addEventListener('components-reconnect-state-changed', event => {
  lost = event.detail.state !== 'hide';
  // A server that was started again does not know the page. What a person edits is kept in the address or by the tab, so reading it again loses nothing.
  if (event.detail.state === 'rejected') location.reload();
  if (lost) return;
  const boxes = [...changed].filter(box => box.isConnected);
  changed.clear();
  boxes.forEach(box => box.dispatchEvent(new Event('change', { bubbles: true })));
});
