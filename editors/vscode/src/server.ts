import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Disposable, EventEmitter, OutputChannel, commands, env, window, workspace } from 'vscode';
import { CloseAction, ErrorAction, ErrorHandler, LanguageClient, RevealOutputChannelOn, State } from 'vscode-languageclient/node';
import { language } from './spec';

const tool = 'fcnn';
const install = 'dotnet tool install --global FashionCnn.Tool';

/** The language server, started when a spec needs it. */
export class Server implements Disposable {
    private readonly started = new EventEmitter<void>();
    // One for all servers, and none where there are no specs.
    private output: OutputChannel | undefined;
    private run: Run | undefined;

    /** A server has started, the first one or another one in its place. */
    readonly onDidStart = this.started.event;

    /** The client of the server; undefined when it could not be started, which the user has been told once. */
    get running(): Promise<LanguageClient | undefined> {
        this.run ??= new Run(this.output ??= window.createOutputChannel('FashionCnn'), () => this.started.fire());
        return this.run.client;
    }

    get isWanted(): boolean {
        return this.run !== undefined;
    }

    /** Starts the server unless it runs, or is being started. */
    async retry(): Promise<void> {
        const { run } = this;
        if (!await this.running && run === this.run) {
            await this.restart();
        }
    }

    async restart(): Promise<void> {
        await this.stop();
        await this.running;
    }

    async stop(): Promise<void> {
        const { run } = this;
        this.run = undefined;
        await run?.stop();
    }

    dispose(): void {
        this.started.dispose();
        this.output?.dispose();
    }
}

/** A client that leaves it to others to tell the user why its server did not start. */
class Client extends LanguageClient {
    hasStarted = false;

    override error(message: string, data?: unknown, showNotification: boolean | 'force' = true): void {
        super.error(message, data, this.hasStarted && showNotification);
    }
}

/** A client and its server, also one that is started again after it ended by itself. It can be stopped whatever its server does, or does not. */
class Run {
    readonly client: Promise<LanguageClient | undefined>;
    private inner: Client | undefined;
    private server: ChildProcess | undefined;
    private isStopped = false;
    private readonly stopped: Promise<void>;
    private setStopped: () => void = () => undefined;

    constructor(private readonly output: OutputChannel, private readonly onStart: () => void) {
        this.stopped = new Promise(resolve => this.setStopped = resolve);
        this.client = this.start();
    }

    async stop(): Promise<void> {
        this.isStopped = true;
        this.setStopped();
        const [client, server] = [this.inner, this.server];
        // It refuses unless its server runs and answers.
        const isDone = client?.isRunning() && await client.dispose().then(() => true, () => false);
        if (!isDone) {
            if (client) {
                // That its server ends is no news.
                client.hasStarted = false;
                client.diagnostics?.dispose();
            }

            kill(server);
        }
    }

    private async start(): Promise<LanguageClient | undefined> {
        const command = [workspace.getConfiguration('fashionCnn').get<string[]>('server', [])].flat();
        let first: ChildProcess | undefined;
        try {
            first = await this.spawn(command);
        } catch (error) {
            if (!this.isStopped) {
                void tellMissing(command, error as Error);
            }

            return undefined;
        }

        let restarts: ErrorHandler | undefined;
        const client: Client = this.inner = new Client('fashionCnn', 'FashionCnn', async () => {
            const server = first ?? await this.spawn(command);
            first = undefined;
            return server;
        }, {
            documentSelector: [{ scheme: 'file', language }, { scheme: 'untitled', language }],
            outputChannel: this.output,
            revealOutputChannelOn: RevealOutputChannelOn.Never,
            // Of a server that never ran, the user is told once, below; one that ends later is started again, as others are.
            initializationFailedHandler: () => false,
            errorHandler: {
                error: () => ({ action: ErrorAction.Continue }),
                closed: () => client.hasStarted && !this.isStopped ? (restarts ??= client.createDefaultErrorHandler()).closed() : { action: CloseAction.DoNotRestart, handled: true },
            },
        });
        client.onDidChangeState(({ newState }) => {
            // It runs before it has told the server which documents are open.
            if (newState === State.Running) {
                void client.start().then(this.onStart, () => undefined);
            }
        });
        // It does not always fail when the server ends before it has answered, and neither when the server never answers.
        await Promise.race([client.start().catch(() => undefined), this.stopped]);
        client.hasStarted = client.isRunning();
        if (!client.hasStarted && !this.isStopped) {
            client.diagnostics?.dispose();
            void tellEnded(command, this.output);
        }

        return client.hasStarted ? client : undefined;
    }

    private async spawn(command: string[]): Promise<ChildProcess> {
        const server = await spawned(command);
        this.server = server;
        if (this.isStopped) {
            kill(server);
            throw new Error('The server is not wanted any more.');
        }

        return server;
    }
}

/** Starts a command in the workspace's first folder; fails when there is no such program. */
async function spawned([command = '', ...args]: string[]): Promise<ChildProcess> {
    const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
    // In a group of its own, so that it can be ended with what it has started: the command "dotnet fcnn" only starts the server.
    const server = spawn(command, args, { cwd: folder, detached: process.platform !== 'win32' });
    await once(server, 'spawn');
    return server;
}

/** Ends a server that does not end by itself, and what it has started. */
function kill(server: ChildProcess | undefined): void {
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) {
        return;
    }

    if (process.platform === 'win32') {
        spawn('taskkill', ['/T', '/F', '/PID', `${server.pid}`]).on('error', () => server.kill());
        return;
    }

    try {
        process.kill(-server.pid, 'SIGKILL');
    } catch {
        server.kill('SIGKILL');
    }
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

async function tellEnded(command: string[], output: OutputChannel): Promise<void> {
    const show = 'Show output';
    const remedy = command[0] === 'dotnet' && command[1] === tool ? '. Run "dotnet tool restore" in the project\'s folder, then restart the language server.' : '';
    if (await window.showErrorMessage(`The language server for specs ended at once. The command was: ${command.join(' ')}${remedy}`, show) === show) {
        output.show();
    }
}
