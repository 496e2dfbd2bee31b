import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { ColorThemeKind, Disposable, EventEmitter, ExtensionContext, TextDocument, Uri, ViewColumn, WebviewPanel, commands, window, workspace } from 'vscode';
import { Server } from './server';
import { language } from './spec';
import { View, codeOf, drawingOf, next, pageOf } from './view';

/** What the server says a document becomes; the text is null while the spec has errors, all of it where the document is not open. */
export type Answer = { version: number; text: string | null } | null | undefined;

const delay = 100;
// As long as a server may take to start on a slow machine.
const silence = 10_000;
const codeScheme = 'fashioncnn-code';

/** The commands that show what the spec in the editor becomes. */
export function registerViews(context: ExtensionContext, server: Server): void {
    const code = new CodeProvider(server);
    const network = new Map<string, WebviewPanel>();
    context.subscriptions.push(
        code,
        workspace.registerTextDocumentContentProvider(codeScheme, code),
        commands.registerCommand('fashionCnn.showNetwork', (chosen?: Uri) => withSpec(chosen, server, spec => showNetwork(spec, server, network))),
        commands.registerCommand('fashionCnn.showCode', (chosen?: Uri) => withSpec(chosen, server, async spec => {
            code.update(spec);
            await window.showTextDocument(await workspace.openTextDocument(code.uriOf(spec)), { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: false });
        })));
}

/** The spec whose button was clicked, which need not be in the active editor; by the command palette, that of the active editor. */
async function withSpec(chosen: Uri | undefined, server: Server, show: (spec: Uri) => unknown): Promise<void> {
    const document: TextDocument | undefined = chosen instanceof Uri ? workspace.textDocuments.find(({ uri }) => uri.toString() === chosen.toString()) : window.activeTextEditor?.document;
    if (document?.languageId === language) {
        // What is shown follows the server; it does not wait for it.
        void server.retry();
        await show(document.uri);
    }
}

/** Shows what a document becomes, and again whenever it changes, is opened again or another server has started. What is answered about an older text is not shown. */
class Following implements Disposable {
    private view: View = { hasErrors: false };
    private timer: NodeJS.Timeout | undefined;
    private readonly subscriptions: Disposable;
    private isDisposed = false;

    constructor(private readonly document: Uri, private readonly method: string, private readonly server: Server, private readonly show: (view: View) => void) {
        const later = (changed: TextDocument) => {
            if (changed.uri.toString() === document.toString()) {
                clearTimeout(this.timer);
                this.timer = setTimeout(() => void this.update(), delay);
            }
        };
        this.subscriptions = Disposable.from(
            server.onDidStart(() => void this.update()),
            workspace.onDidOpenTextDocument(later),
            workspace.onDidChangeTextDocument(change => later(change.document)));
        void this.update();
    }

    dispose(): void {
        this.isDisposed = true;
        clearTimeout(this.timer);
        this.subscriptions.dispose();
    }

    async update(): Promise<void> {
        const asked = this.ask().catch(() => undefined);
        // A server that hangs never answers. What it says later still counts.
        const silent = setTimeout(() => this.present(undefined), silence);
        const answer = await asked;
        clearTimeout(silent);
        this.present(answer);
    }

    private present(answer: Answer): void {
        if (this.isDisposed) {
            return;
        }

        if (answer === undefined) {
            this.view = { ...this.view, isUnanswered: true };
            this.show(this.view);
            return;
        }

        const open = workspace.textDocuments.find(document => document.uri.toString() === this.document.toString());
        if (answer && answer.version === open?.version) {
            this.view = next(this.view, answer.text);
            this.show(this.view);
        }
    }

    /** What the server says; undefined when there is none. */
    private async ask(): Promise<Answer> {
        const client = await this.server.running;
        return client?.sendRequest<Answer>(this.method, { textDocument: { uri: client.code2ProtocolConverter.asUri(this.document) } });
    }
}

function showNetwork(spec: Uri, server: Server, panels: Map<string, WebviewPanel>): void {
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
    const following = new Following(spec, 'fashionCnn/drawing', server, view => { shown = view; draw(); });
    const parts = Disposable.from(
        panel.webview.onDidReceiveMessage(draw),
        panel.onDidChangeViewState(() => panel.visible && following.update()),
        following,
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
    private readonly closing = workspace.onDidCloseTextDocument(document => {
        // It is closed and opened when it gets another language, too.
        setTimeout(() => document.isClosed && this.forget(document.uri.toString()));
    });

    readonly onDidChange = this.changed.event;

    constructor(private readonly server: Server) {
    }

    uriOf(spec: Uri): Uri {
        return spec.with({ scheme: codeScheme, path: `${spec.path.replace(/\.jsonc?$/i, '')}.g.cs`, query: spec.toString() });
    }

    /** Asks again for the class of a spec that is shown already. */
    update(spec: Uri): void {
        void this.followed.get(this.uriOf(spec).toString())?.update();
    }

    provideTextDocumentContent(uri: Uri): string {
        const key = uri.toString();
        if (!this.followed.has(key)) {
            this.followed.set(key, new Following(Uri.parse(uri.query), 'fashionCnn/generatedCode', this.server, view => {
                this.texts.set(key, codeOf(view));
                this.changed.fire(uri);
            }));
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
