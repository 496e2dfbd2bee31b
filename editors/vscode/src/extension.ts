import { ExtensionContext, TextDocument, commands, languages, workspace } from 'vscode';
import { Server } from './server';
import { isSpec, language } from './spec';
import { registerViews } from './views';

let running: Server | undefined;

// The specs that were given the language here. Who gives one another language again has a reason.
const marked = new Set<string>();

export function activate(context: ExtensionContext): void {
    const server = running = new Server();
    registerViews(context, server);
    context.subscriptions.push(
        server,
        commands.registerCommand('fashionCnn.restart', () => server.restart()),
        workspace.onDidChangeConfiguration(change => change.affectsConfiguration('fashionCnn.server') && server.isWanted ? server.restart() : undefined),
        workspace.onDidOpenTextDocument(document => take(document, server)),
        workspace.onDidSaveTextDocument(document => take(document, server)),
        workspace.onDidCloseTextDocument(document => {
            // It is closed and opened when it gets another language, too.
            setTimeout(() => document.isClosed && marked.delete(document.uri.toString()));
        }));
    workspace.textDocuments.forEach(document => take(document, server));
}

export function deactivate(): Promise<void> | undefined {
    return running?.stop();
}

/** Gives a spec its language, and the server to it. */
function take(document: TextDocument, server: Server): void {
    const uri = document.uri.toString();
    if (document.languageId === language) {
        void server.running;
    } else if (['json', 'jsonc'].includes(document.languageId) && ['file', 'untitled'].includes(document.uri.scheme) && !marked.has(uri) && isSpec(document.getText())) {
        marked.add(uri);
        void languages.setTextDocumentLanguage(document, language);
    }
}
