// Buttons that copy the command beside them. Without a script, or where the browser forbids it, there is no button.

/** @param {HTMLElement} button */
async function copy(button) {
  const text = button.closest('.command')?.querySelector('code').textContent ?? '';
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Not allowed';
  }
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 2_000);
}

/** Shows the buttons of commands within a part of the page that is new. @param {ParentNode} root */
export function showCopyButtons(root) {
  if (navigator.clipboard === undefined) return;
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-copy]'))) {
    button.hidden = false;
    button.addEventListener('click', () => copy(button));
  }
}

showCopyButtons(document);
