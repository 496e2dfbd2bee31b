import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '..', '..', '..', '..');
const vsix = join(root, 'editors', 'vscode', 'out', 'fashioncnn.vsix');
const runner = join(root, 'src', 'Runner', 'bin', 'Debug', 'net10.0', 'fashioncnn.dll');
const vscode = process.env.FASHIONCNN_VSCODE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fashioncnn-vscode');
const patience = 60_000;

const find = name => (process.env.PATH ?? '').split(':').map(folder => join(folder, name)).find(existsSync);
const browser = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'].map(find).find(Boolean);

/** Why nothing can be tested on this machine; undefined when it can. */
export function whyNot() {
    const lacking = ['g++', 'make', 'python3'].filter(name => !find(name));
    return process.platform === 'win32' ? 'VS Code is built for the browser on Linux and macOS only.'
        : !browser ? 'There is no chromium in PATH.'
        : !process.version.startsWith('v20.') ? `This VS Code needs Node.js 20; this is ${process.version}.`
        : lacking.length > 0 && !existsSync(join(vscode, 'complete')) ? `VS Code cannot be built without ${lacking.join(', ')}.`
        : !existsSync(vsix) ? 'There is no package: npm run package.'
        : !existsSync(runner) ? 'The program is not built: dotnet build src/Runner.'
        : undefined;
}

/** Builds VS Code unless it is there. */
export function prepare() {
    execFileSync(join(here, 'get-vscode.sh'), [vscode], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** VS Code with the extension in a browser, on a workspace with files, and a user as one meets them. */
export class Window {
    /** @param {{ files: Record<string, string>, settings?: object, isTrusted?: boolean, size?: { width: number, height: number } }} options */
    static async open({ files, settings = {}, isTrusted = true, size = { width: 1400, height: 800 } }) {
        const window = new Window();
        window.folder = mkdtempSync(join(tmpdir(), 'fashioncnn-vscode-'));
        window.workspace = join(window.folder, 'work');
        // The server says here that it was started, and by which process.
        window.starts = join(window.folder, 'starts');
        const server = join(window.folder, 'server.sh');
        writeFileSync(server, `#!/bin/sh\necho $$ >>'${window.starts}'\nexec dotnet '${runner}' "$@"\n`, { mode: 0o755 });
        for (const [name, text] of Object.entries(files)) {
            window.write(name, text);
        }

        const user = join(window.folder, 'user');
        mkdirSync(join(user, 'User'), { recursive: true });
        writeFileSync(join(user, 'User', 'settings.json'), JSON.stringify({
            'fashionCnn.server': [server, 'language-server'],
            'security.workspace.trust.startupPrompt': 'never',
            'security.workspace.trust.banner': 'never',
            'workbench.startupEditor': 'none',
            // Not that of the browser, which is light.
            'workbench.colorTheme': 'Default Dark Modern',
            'workbench.tips.enabled': false,
            'files.autoSave': 'off',
            'editor.minimap.enabled': false,
            'extensions.ignoreRecommendations': true,
            'telemetry.telemetryLevel': 'off',
            ...settings,
        }));
        const entry = join(vscode, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
        const common = ['--config', join(window.folder, 'config.yaml'), '--user-data-dir', user, '--extensions-dir', join(window.folder, 'extensions')];
        const environment = { ...process.env, XDG_DATA_HOME: join(window.folder, 'data'), XDG_CONFIG_HOME: join(window.folder, 'config') };
        execFileSync(process.execPath, [entry, ...common, '--install-extension', vsix], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
        const port = await freePort();
        window.process = spawn(process.execPath, [entry, ...common, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--session-socket', join(window.folder, 'socket'),
            '--disable-telemetry', '--disable-update-check', ...isTrusted ? ['--disable-workspace-trust'] : [], window.workspace], { env: environment, stdio: 'ignore' });
        try {
            window.browser = await chromium.launch({ executablePath: browser, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] });
            window.page = await window.browser.newPage({ viewport: size });
            window.page.setDefaultTimeout(patience);
            await window.load(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(window.workspace)}`);
        } catch (error) {
            await window.close();
            throw error;
        }

        return window;
    }

    async load(address) {
        const end = Date.now() + 2 * patience;
        for (;;) {
            try {
                await this.page.goto(address);
                await this.page.locator('.monaco-workbench').waitFor({ timeout: 20_000 });
                break;
            } catch (error) {
                // It does not listen yet, or the page came before what is behind it.
                if (Date.now() > end) {
                    throw error;
                }

                await this.page.waitForTimeout(200);
            }
        }

        await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    }

    async close() {
        await this.browser?.close();
        if (this.process.exitCode === null) {
            this.process.kill();
            await once(this.process, 'exit');
        }

        rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    }

    write(name, text) {
        const path = join(this.workspace, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
    }

    /** Removes a file, or a folder with all that is in it. */
    remove(name) {
        rmSync(join(this.workspace, name), { recursive: true });
    }

    /** Says in the workspace's settings which command is the server; without one it is that of the tests. */
    useServer(command = [join(this.folder, 'server.sh'), 'language-server']) {
        this.write('.vscode/settings.json', JSON.stringify({ 'fashionCnn.server': command }));
    }

    /** How often the server was started. */
    get started() {
        return existsSync(this.starts) ? readFileSync(this.starts, 'utf8').split('\n').length - 1 : 0;
    }

    /** The process that was started last as the server. */
    get server() {
        return Number(readFileSync(this.starts, 'utf8').trim().split('\n').at(-1));
    }

    /** Takes the server's command away, or gives it back. */
    setCommand(isThere) {
        const command = join(this.folder, 'server.sh');
        renameSync(isThere ? `${command}.away` : command, isThere ? command : `${command}.away`);
    }

    /** Waits until something is so. */
    async until(what, condition) {
        const end = Date.now() + patience;
        for (;;) {
            const seen = await condition();
            if (seen) {
                return seen;
            }

            if (Date.now() > end) {
                throw new Error(`waited in vain for ${what}`);
            }

            await this.page.waitForTimeout(100);
        }
    }

    /** Opens a file by its name. */
    async openFile(name) {
        await this.page.keyboard.press('Control+p');
        const file = name.split('/').at(-1);
        await this.pick(name, file);
        await this.page.locator(`.tab.active[data-resource-name="${file}"]`).waitFor();
        await this.page.locator('.editor-group-container.active .monaco-editor .view-line').first().waitFor();
    }

    /** Runs a command by its title. */
    async command(title) {
        await this.page.keyboard.press('F1');
        await this.pick(`>${title}`, title);
    }

    async pick(typed, label) {
        const input = this.page.locator('.quick-input-widget input[type=text], .quick-input-widget .quick-input-box input').first();
        await input.waitFor();
        await input.fill(typed);
        await this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: label }).first().waitFor();
        await this.page.keyboard.press('Enter');
        await input.waitFor({ state: 'hidden' });
    }

    /** Puts the cursor in front of a part of a text, the one in the editor. */
    async goTo(text, part, offset = 0) {
        const before = text.slice(0, text.indexOf(part) + offset).split('\n');
        await this.page.keyboard.press('Control+g');
        const input = this.page.locator('.quick-input-widget input[type=text], .quick-input-widget .quick-input-box input').first();
        await input.waitFor();
        await input.fill(`:${before.length}:${before.at(-1).length + 1}`);
        await this.page.keyboard.press('Enter');
        await input.waitFor({ state: 'hidden' });
    }

    /** Saves the file in the editor, and reads it. */
    async saved(name) {
        await this.page.keyboard.press('Control+s');
        await this.page.locator('.tab.active:not(.dirty)').waitFor();
        return readFileSync(join(this.workspace, name), 'utf8');
    }

    /** The language of the file in the editor. */
    language() {
        return this.page.locator('[id="status.editor.mode"]').innerText();
    }

    /** What an editor shows, hints included, with plain spaces. */
    async shown(name = 'net.json') {
        const lines = await this.page.locator(`.editor-group-container:has(.tab.active[data-resource-name="${name}"]) .monaco-editor .view-line`).allInnerTexts();
        return lines.join('\n').replaceAll('\u00a0', ' ');
    }

    /** What is wrong, as the list of problems says it. */
    async problems() {
        await this.command('Problems: Focus on Problems View');
        await this.page.locator('.markers-panel').waitFor();
        // The list follows what is published.
        await this.page.waitForTimeout(1_000);
        const problems = await this.page.locator('.markers-panel .monaco-list-row .marker-message-details-container').allInnerTexts();
        await this.page.keyboard.press('Control+j');
        return problems.map(text => text.replaceAll('\u00a0', ' ')).filter(text => text.length > 0);
    }

    /** The labels that are offered at the cursor. */
    suggestions() {
        return this.page.locator('.suggest-widget.visible .monaco-list-row .label-name').allInnerTexts();
    }

    /** Makes the change with a title that is offered at the cursor. */
    async fix(title) {
        const offer = this.page.locator('.action-widget .monaco-list-row').filter({ hasText: title });
        await this.until(title, async () => {
            await this.page.keyboard.press('Control+.');
            try {
                await offer.waitFor({ timeout: 3_000 });
                return true;
            } catch {
                await this.page.keyboard.press('Escape');
                return false;
            }
        });
        // What is offered for its place only, and once.
        const offers = await this.page.locator('.action-widget .monaco-list-row.action').allInnerTexts();
        if (offers.length !== 1) {
            throw new Error(`offered: ${offers.join(', ')}`);
        }

        await this.page.keyboard.press('Enter');
        await offer.waitFor({ state: 'hidden' });
    }

    /** What a web view shows. */
    webview() {
        return this.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    }

    /** A picture of all of it, beside the tests' output. */
    async picture(title) {
        const path = join(root, 'editors', 'vscode', 'out', `${title.replaceAll(/[^a-z0-9]+/gi, '-')}.png`);
        await this.page.screenshot({ path });
        console.error(`see ${path}`);
    }

    /** The messages in the corner. */
    async messages() {
        const texts = await this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
        return texts.map(text => text.replaceAll('\u00a0', ' '));
    }
}

async function freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
}
