import { ExtensionContext, TextDocument, commands, languages, workspace } from 'vscode';
import { Server } from './server';
import { isSpec, language } from './spec';
import { registerViews } from './views';

const server = new Server();

// The specs that were given the language here. Who gives one another language again has a reason.
const marked = new Set<string>();

export function activate(context: ExtensionContext): void {
    registerViews(context, async (method, document) => {
        const client = await server.running ?? await server.restart();
        return client?.sendRequest(method, { textDocument: { uri: client.code2ProtocolConverter.asUri(document) } });
    });
    context.subscriptions.push(
        commands.registerCommand('fashionCnn.restart', () => server.restart()),
        workspace.onDidChangeConfiguration(change => change.affectsConfiguration('fashionCnn.server') && server.isWanted ? server.restart() : undefined),
        workspace.onDidOpenTextDocument(take),
        workspace.onDidSaveTextDocument(take),
        workspace.onDidCloseTextDocument(document => {
            // It is closed and opened when it gets another language, too.
            setTimeout(() => document.isClosed && marked.delete(document.uri.toString()));
        }));
    workspace.textDocuments.forEach(take);
}

export function deactivate(): Promise<void> {
    return server.stop();
}

/** Gives a spec its language, and the server to it. */
function take(document: TextDocument): void {
    const uri = document.uri.toString();
    if (document.languageId === language) {
        void server.running;
    } else if (['json', 'jsonc'].includes(document.languageId) && ['file', 'untitled'].includes(document.uri.scheme) && !marked.has(uri) && isSpec(document.getText())) {
        marked.add(uri);
        void languages.setTextDocumentLanguage(document, language);
    }
}
