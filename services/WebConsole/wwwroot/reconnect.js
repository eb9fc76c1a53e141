// A server that was started again does not know the page. What a person edits is in the address or kept by the tab, so reading it again loses nothing.
document.getElementById('components-reconnect-modal').addEventListener('components-reconnect-state-changed', event => {
  if (event.detail.state === 'rejected') location.reload();
});
