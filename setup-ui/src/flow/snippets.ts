/** Code a person can paste and run against this machine. Separate and pure: a wrong quote here costs somebody an hour. */

export interface SnippetFacts {
  /** Such as `http://127.0.0.1:8831/v1`, no slash at the end. */
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
  readonly question: string;
}

export const SNIPPET_KINDS = ['curl', 'python', 'javascript'] as const;
export type SnippetKind = (typeof SNIPPET_KINDS)[number];

/** A complete program; every value is quoted for its language. */
export function snippet(kind: SnippetKind, { baseUrl, key, model, question }: SnippetFacts): string {
  const quoted = JSON.stringify;
  switch (kind) {
    case 'curl':
      return [
        `curl ${shell(`${baseUrl}/chat/completions`)} \\`,
        `  -H ${shell(`Authorization: Bearer ${key}`)} \\`,
        `  -H 'Content-Type: application/json' \\`,
        `  -d ${shell(quoted({ model, messages: [{ role: 'user', content: question }] }))}`,
      ].join('\n');
    case 'python':
      return [
        'from openai import OpenAI',
        '',
        'client = OpenAI(',
        `    base_url=${quoted(baseUrl)},`,
        `    api_key=${quoted(key)},`,
        ')',
        'answer = client.chat.completions.create(',
        `    model=${quoted(model)},`,
        `    messages=[{"role": "user", "content": ${quoted(question)}}],`,
        ')',
        'print(answer.choices[0].message.content)',
      ].join('\n');
    case 'javascript':
      return [
        "import OpenAI from 'openai';",
        '',
        'const client = new OpenAI({',
        `  baseURL: ${quoted(baseUrl)},`,
        `  apiKey: ${quoted(key)},`,
        '});',
        'const answer = await client.chat.completions.create({',
        `  model: ${quoted(model)},`,
        `  messages: [{ role: 'user', content: ${quoted(question)} }],`,
        '});',
        'console.log(answer.choices[0].message.content);',
      ].join('\n');
  }
}

/** Single quotes for a POSIX shell; `'` inside becomes `'\''`. */
function shell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
