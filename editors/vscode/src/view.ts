/** What a view shows of a spec: the last that it gave while it had no errors; nothing when it always had some. */
export interface View {
    readonly text?: string;
    readonly hasErrors: boolean;
}

/** The view after an answer of the server, which gives no text while the spec has errors. */
export function next(view: View, text: string | null): View {
    return text === null ? { ...view, hasErrors: true } : { text, hasErrors: false };
}

/** The generated class as a document. */
export function codeOf(view: View): string {
    const { text, hasErrors } = view;
    return !hasErrors ? text ?? '' : text === undefined ? '// The spec has errors, so no class is shown.\n' : `// The spec has errors. This is the class before them.\n\n${text}`;
}

/** The drawing as a page that runs and loads nothing. */
export function pageOf(view: View, isDark: boolean, nonce: string): string {
    const { text, hasErrors } = view;
    const note = !hasErrors ? '' : text === undefined ? 'The spec has errors, so no network is shown.' : 'The spec has errors. This is the network before them.';
    // The reader's mode is that of the editor, not of the system.
    const drawing = (text ?? '').replace('<style>', `<style nonce="${nonce}">`).replace('@media (prefers-color-scheme: dark)', isDark ? '@media all' : '@media not all');
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<style nonce="${nonce}">
body { padding: 0 }
p { position: sticky; top: 0; margin: 0; padding: 8px 24px; color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground)); background: var(--vscode-inputValidation-errorBackground) }
p:empty { display: none }
p:not(:empty) + svg { opacity: 0.6 }
svg { display: block; margin: auto }
</style>
</head>
<body><p>${note}</p>
${drawing}</body>
</html>
`;
}
