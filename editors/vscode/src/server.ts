import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { commands, env, window, workspace } from 'vscode';
import { CloseAction, ErrorAction, ErrorHandler, LanguageClient, RevealOutputChannelOn } from 'vscode-languageclient/node';
import { language } from './spec';

const tool = 'fcnn';
const install = 'dotnet tool install --global FashionCnn.Tool';

/** The language server, started when a spec needs it. */
export class Server {
    private client: Promise<LanguageClient | undefined> | undefined;

    /** The client of the server; undefined when it could not be started, which the user has been told once. */
    get running(): Promise<LanguageClient | undefined> {
        return this.client ??= start();
    }

    get isWanted(): boolean {
        return this.client !== undefined;
    }

    async restart(): Promise<LanguageClient | undefined> {
        await this.stop();
        return this.running;
    }

    async stop(): Promise<void> {
        const client = await this.client;
        this.client = undefined;
        await client?.dispose();
    }
}

/** A client that leaves it to others to tell the user why its server did not start. */
class Client extends LanguageClient {
    hasStarted = false;

    override error(message: string, data?: unknown, showNotification: boolean | 'force' = true): void {
        super.error(message, data, this.hasStarted && showNotification);
    }
}

async function start(): Promise<LanguageClient | undefined> {
    const command = [workspace.getConfiguration('fashionCnn').get<string[]>('server', [])].flat();
    let first: ChildProcess | undefined;
    try {
        first = await spawned(command);
    } catch (error) {
        void tellMissing(command, error as Error);
        return undefined;
    }

    let restarts: ErrorHandler | undefined;
    const client: Client = new Client('fashionCnn', 'FashionCnn', async () => {
        const server = first ?? await spawned(command);
        first = undefined;
        return server;
    }, {
        documentSelector: [{ scheme: 'file', language }, { scheme: 'untitled', language }],
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        // Of a server that never ran, the user is told once, below; one that ends later is started again, as others are.
        initializationFailedHandler: () => false,
        errorHandler: {
            error: () => ({ action: ErrorAction.Continue }),
            closed: () => client.hasStarted ? (restarts ??= client.createDefaultErrorHandler()).closed() : { action: CloseAction.DoNotRestart, handled: true },
        },
    });
    // It does not always fail when the server ends before it has answered.
    await client.start().catch(() => undefined);
    client.hasStarted = client.isRunning();
    if (!client.hasStarted) {
        void tellEnded(command, client);
        return undefined;
    }

    return client;
}

/** Starts a command in the workspace's first folder; fails when there is no such program. */
async function spawned([command = '', ...args]: string[]): Promise<ChildProcess> {
    const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
    const server = spawn(command, args, { cwd: folder });
    await once(server, 'spawn');
    return server;
}

async function tellMissing([command = '']: string[], error: Error): Promise<void> {
    const [copy, settings] = ['Copy command', 'Open settings'];
    const cause = (error as NodeJS.ErrnoException).code === 'ENOENT' ? `there is no command ${JSON.stringify(command)}` : error.message;
    const remedy = command === tool
        ? `Install it with "${install}". Until the package is published, add "--add-source FOLDER", with the folder that "dotnet pack -o FOLDER" wrote.`
        : 'The setting fashionCnn.server names the command.';
    const choice = await window.showErrorMessage(`The language server for specs could not be started: ${cause}. ${remedy}`, ...command === tool ? [copy] : [], settings);
    if (choice === copy) {
        await env.clipboard.writeText(install);
    } else if (choice === settings) {
        await commands.executeCommand('workbench.action.openSettings', 'fashionCnn.server');
    }
}

async function tellEnded(command: string[], client: LanguageClient): Promise<void> {
    const output = 'Show output';
    if (await window.showErrorMessage(`The language server for specs ended at once. The command was: ${command.join(' ')}`, output) === output) {
        client.outputChannel.show();
    }
}
