/** Copies text where the modern clipboard exists and where it does not: a plain-http page on a name is the second kind. */

/** `copied` when the text is on the clipboard; `selected` when the person has to copy what is selected now. */
export async function copyText(text: string, shown: HTMLElement | null): Promise<'copied' | 'selected'> {
  if (window.isSecureContext && navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return 'copied';
    } catch {
      // Refused by the browser: go on with the older way.
    }
  }
  if (copyBySelection(text)) return 'copied';
  if (shown !== null) window.getSelection()?.selectAllChildren(shown);
  return 'selected';
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'off-screen';
  // Inside an open dialog everything outside it is inert and cannot be selected.
  (before?.closest('dialog') ?? document.body).append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    area.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
