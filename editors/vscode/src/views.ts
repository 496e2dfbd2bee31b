import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { ColorThemeKind, Disposable, EventEmitter, ExtensionContext, TextDocument, Uri, ViewColumn, WebviewPanel, commands, window, workspace } from 'vscode';
import { language } from './spec';
import { View, codeOf, drawingOf, next, pageOf } from './view';

/** What the server says a document becomes; the text is null while the spec has errors, all of it where the document is not open. */
export type Answer = { version: number; text: string | null } | null | undefined;
export type Ask = (method: string, document: Uri) => Promise<Answer>;

const delay = 100;
const codeScheme = 'fashioncnn-code';

/** The commands that show what the spec in the editor becomes. */
export function registerViews(context: ExtensionContext, ask: Ask): void {
    const code = new CodeProvider(ask);
    const network = new Map<string, WebviewPanel>();
    context.subscriptions.push(
        code,
        workspace.registerTextDocumentContentProvider(codeScheme, code),
        commands.registerCommand('fashionCnn.showNetwork', () => withSpec(spec => showNetwork(spec, ask, network))),
        commands.registerCommand('fashionCnn.showCode', () => withSpec(async spec =>
            window.showTextDocument(await workspace.openTextDocument(code.uriOf(spec)), { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: false }))));
}

async function withSpec(show: (spec: Uri) => unknown): Promise<void> {
    const document: TextDocument | undefined = window.activeTextEditor?.document;
    if (document?.languageId === language) {
        await show(document.uri);
    }
}

/** Shows what a document becomes, and again whenever it changes. What is answered about an older text is not shown. */
class Following implements Disposable {
    private view: View = { hasErrors: false };
    private timer: NodeJS.Timeout | undefined;
    private readonly subscription: Disposable;
    readonly first: Promise<void>;

    constructor(private readonly document: Uri, private readonly method: string, private readonly ask: Ask, private readonly show: (view: View) => void) {
        this.subscription = workspace.onDidChangeTextDocument(change => {
            if (change.document.uri.toString() === document.toString()) {
                clearTimeout(this.timer);
                this.timer = setTimeout(() => void this.update(), delay);
            }
        });
        this.first = this.update();
    }

    dispose(): void {
        clearTimeout(this.timer);
        this.subscription.dispose();
    }

    private async update(): Promise<void> {
        const answer = await this.ask(this.method, this.document);
        const open = workspace.textDocuments.find(document => document.uri.toString() === this.document.toString());
        if (answer && answer.version === open?.version) {
            this.view = next(this.view, answer.text);
            this.show(this.view);
        }
    }
}

function showNetwork(spec: Uri, ask: Ask, panels: Map<string, WebviewPanel>): void {
    const key = spec.toString();
    const open = panels.get(key);
    if (open) {
        open.reveal(undefined, true);
        return;
    }

    const panel = window.createWebviewPanel('fashionCnn.network', `Network of ${basename(spec.path)}`, { viewColumn: ViewColumn.Beside, preserveFocus: true }, { enableScripts: true, localResourceRoots: [], enableFindWidget: true });
    const nonce = randomBytes(16).toString('hex');
    let shown: View = { hasErrors: false };
    const draw = () => {
        const { kind } = window.activeColorTheme;
        void panel.webview.postMessage(drawingOf(shown, kind === ColorThemeKind.Dark || kind === ColorThemeKind.HighContrast, nonce));
    };
    // The page is ready when it is first shown, and whenever it is shown again.
    const parts = Disposable.from(
        panel.webview.onDidReceiveMessage(draw),
        new Following(spec, 'fashionCnn/drawing', ask, view => { shown = view; draw(); }),
        window.onDidChangeActiveColorTheme(draw));
    panel.webview.html = pageOf(nonce);
    panels.set(key, panel);
    panel.onDidDispose(() => {
        parts.dispose();
        panels.delete(key);
    });
}

/** The generated class of a spec as a document that cannot be edited; its address holds that of the spec. */
class CodeProvider implements Disposable {
    private readonly changed = new EventEmitter<Uri>();
    private readonly followed = new Map<string, Following>();
    private readonly texts = new Map<string, string>();
    private readonly closing = workspace.onDidCloseTextDocument(document => this.forget(document.uri.toString()));

    readonly onDidChange = this.changed.event;

    constructor(private readonly ask: Ask) {
    }

    uriOf(spec: Uri): Uri {
        return spec.with({ scheme: codeScheme, path: `${spec.path.replace(/\.jsonc?$/i, '')}.g.cs`, query: spec.toString() });
    }

    async provideTextDocumentContent(uri: Uri): Promise<string> {
        const key = uri.toString();
        if (!this.followed.has(key)) {
            const following = new Following(Uri.parse(uri.query), 'fashionCnn/generatedCode', this.ask, view => {
                this.texts.set(key, codeOf(view));
                this.changed.fire(uri);
            });
            this.followed.set(key, following);
            await following.first;
        }

        return this.texts.get(key) ?? '';
    }

    dispose(): void {
        this.closing.dispose();
        [...this.followed.keys()].forEach(key => this.forget(key));
        this.changed.dispose();
    }

    private forget(key: string): void {
        this.followed.get(key)?.dispose();
        this.followed.delete(key);
        this.texts.delete(key);
    }
}
