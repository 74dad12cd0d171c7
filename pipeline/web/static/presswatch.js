// What htmx leaves out: a request that fails is told of, and the search box says whether its query is wrong.
(() => {
  const tell = isAway => {
    const place = document.getElementById('trouble');
    place.textContent = isAway ? place.dataset.message : '';
    place.className = isAway ? 'note bad' : '';
  };
  document.addEventListener('htmx:sendError', () => tell(true));
  document.addEventListener('htmx:timeout', () => tell(true));
  document.addEventListener('htmx:afterOnLoad', () => tell(false));
  document.addEventListener('htmx:afterSettle', () => {
    document.getElementById('q')?.setAttribute('aria-invalid', String(document.getElementById('problem') !== null));
  });
})();
