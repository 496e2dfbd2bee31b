/** What a view shows of a spec: the last that it gave while it had no errors; nothing when it always had some. */
export interface View {
    readonly text?: string;
    readonly hasErrors: boolean;
    /** The server has not answered what it was asked last. */
    readonly isUnanswered?: boolean;
}

/** The view after an answer of the server, which gives no text while the spec has errors. */
export function next(view: View, text: string | null): View {
    return text === null ? { text: view.text, hasErrors: true } : { text, hasErrors: false };
}

/** What a view says before what it shows; nothing when that is what the spec gives now. */
function noteOf({ text, hasErrors, isUnanswered }: View, what: string): string {
    return isUnanswered ? text === undefined ? `The language server does not answer, so no ${what} is shown.` : `The language server does not answer. This is the last ${what} that it gave.`
        : !hasErrors ? ''
        : text === undefined ? `The spec has errors, so no ${what} is shown.` : `The spec has errors. This is the ${what} before them.`;
}

/** The generated class as a document. */
export function codeOf(view: View): string {
    const [text, note] = [view.text ?? '', noteOf(view, 'class')];
    return note === '' ? text : text === '' ? `// ${note}\n` : `// ${note}\n\n${text}`;
}

/** A drawing in the page, with the mode of the editor, which need not be that of the system. */
export function drawingOf(view: View, isDark: boolean, nonce: string): string {
    const drawing = (view.text ?? '').replace('<style>', `<style nonce="${nonce}">`).replace('@media (prefers-color-scheme: dark)', isDark ? '@media all' : '@media not all');
    return `<p>${noteOf(view, 'network')}</p>\n${drawing}`;
}

/** The page that shows drawings. It loads nothing, and runs no more than the lines that take the next drawing. */
export function pageOf(nonce: string): string {
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<style nonce="${nonce}">
body { padding: 0 }
p { position: sticky; top: 0; margin: 0; padding: 8px 24px; background: var(--vscode-inputValidation-errorBackground) }
p:empty { display: none }
p:not(:empty) + svg { opacity: 0.6 }
svg { display: block; margin: auto }
</style>
</head>
<body>
<main></main>
<script nonce="${nonce}">
addEventListener('message', message => document.querySelector('main').innerHTML = message.data);
acquireVsCodeApi().postMessage('ready');
</script>
</body>
</html>
`;
}
