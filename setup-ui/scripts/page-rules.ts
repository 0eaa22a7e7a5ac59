/**
 * What every built page promises the device: one file, scripts and styles that a hash can allow, nothing from outside.
 * Separate from the check that reads the files, so that each rule is tested on a line of HTML.
 */

/** Texts of the inline scripts, in order. */
export function scriptsIn(html: string): readonly string[] {
  return [...html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/gi)].map((match) => match[1] ?? '');
}

/** What is wrong with a page, one sentence each; empty when it keeps every promise. */
export function faultsOf(html: string): readonly string[] {
  const markup = html
    .replace(/(<script\b[^>]*>)[\s\S]*?(<\/script>)/gi, '$1$2')
    .replace(/(<style\b[^>]*>)[\s\S]*?(<\/style>)/gi, '$1$2');
  const styles = [...html.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style>/gi)].map((match) => match[1] ?? '');
  const faults: string[] = [];
  const forbid = (pattern: RegExp, text: string, fault: string): void => {
    const found = pattern.exec(text);
    if (found !== null) faults.push(`${fault}: ${found[0].slice(0, 80)}`);
  };
  forbid(/<script\b[^>]*\ssrc\s*=/i, markup, 'a script from another file');
  forbid(/<link\b[^>]*rel="?(?:stylesheet|preload|modulepreload)/i, markup, 'a linked file');
  forbid(/\s(?:src|href|poster|action)\s*=\s*["']?(?:https?:)?\/\//i, markup, 'an outside address');
  forbid(/\sstyle\s*=/i, markup, 'an inline style attribute, which no hash can allow');
  forbid(/\son[a-z]+\s*=\s*["']/i, markup, 'an inline event handler, which no hash can allow');
  forbid(/<base\b/i, markup, 'a base element');
  for (const style of styles) forbid(/@import|url\(\s*["']?(?!data:)/i, style, 'a style that fetches');
  for (const script of scriptsIn(html)) {
    forbid(/(?:^|[;}\s])import\s*(?:["'{*]|[\w$]+\s*from)/, script, 'a script that imports another file');
    forbid(/\bcrypto\.randomUUID\b/, script, 'an interface that plain http does not have');
    forbid(/\b(?:localStorage|sessionStorage)\b/, script, 'storage, which captive browsers do not keep');
  }
  return faults;
}
