import assert from 'node:assert/strict';
import test from 'node:test';
import { Window, prepare, whyNot } from './window.mjs';

const skip = whyNot();
if (skip === undefined) {
    prepare();
}

const name = 'specs/net.json';
const spec = `{
  "version": 1,
  "input": { "shape": [28, 28, 1] },
  // Comments are allowed.
  "layers": [
    { "type": "Conv2D", "filters": 64, "kernel_size": 3, "padding": "same" },
    { "type": "Conv2D", "filters": 64, "kernel_size": 3, "padding": "same", "activation": "relu" },
    { "type": "Conv2D", "filters": 64, "kernel_size": 3, "padding": "same", "activation": "relu" },
    { "type": "GlobalAveragePooling2D" },
    { "type": "Dense", "units": 10, "activaton": "softmax" }
  ]
}
`;

const sound = spec.replace('activaton', 'activation');

/** Runs steps in a window; each is a test that counts. */
function scenario(title, options, steps) {
    test(title, { skip, timeout: 300_000 }, async context => {
        const window = await Window.open(options);
        try {
            // After one that fails, the window is not what the next one expects.
            let hasFailed = false;
            await steps(window, (what, step) => context.test(what, { skip: hasFailed && 'An earlier step has failed.' }, async () => {
                try {
                    await step();
                } catch (error) {
                    hasFailed = true;
                    await window.picture(`${title}, ${what}`);
                    throw error;
                }
            }));
        } finally {
            await window.close();
        }
    });
}

scenario('a spec', { files: { [name]: spec, 'other.json': '{ "version": "1.0.0" }\n' } }, async (window, step) => {
    await step('is what the text says it is, and other JSON stays JSON', async () => {
        await window.openFile('other.json');
        assert.equal(await window.language(), 'JSON');
        assert.equal(window.started, 0);
        await window.openFile(name);
        await window.until('the language', async () => await window.language() === 'FashionCnn Spec');
        await window.until('the server', () => window.started === 1);
    });
    await step('shows shapes and parameters', () => window.until('a hint', async () => (await window.shown()).includes('28x28x64 · 36,928')));
    await step('has one diagnostic for one mistake', async () => {
        const problems = await window.problems();
        assert.equal(problems.length, 1, problems.join('\n'));
        assert.match(problems[0], /unknown key 'activaton'; did you mean 'activation'\?/);
    });
    await step('is mended by a quick fix', async () => {
        await window.goTo(spec, 'activaton', 3);
        await window.fix("Change to 'activation'");
        assert.equal(await window.saved(name), spec.replace('activaton', 'activation'));
        assert.deepEqual(await window.problems(), []);
        await window.until('the totals', async () => (await window.shown()).includes('total 75,146 parameters'));
    });
    await step('hears of other specs that change on disk', async () => {
        window.write('specs/twin.json', spec.replace('"version": 1,', '"version": 1, "name": "Net",').replace('activaton', 'activation'));
        const problems = await window.until('the conflict', async () => {
            const all = await window.problems();
            return all.length > 0 && all;
        });
        assert.equal(problems.length, 1, problems.join('\n'));
        assert.match(problems[0], /also claimed by twin\.json/);
        window.remove('specs/twin.json');
        await window.until('its end', async () => (await window.problems()).length === 0);
        // Of a folder that goes, VS Code does not name the files.
        window.write('specs/more/twin.json', spec.replace('"version": 1,', '"version": 1, "name": "Net",').replace('activaton', 'activation'));
        await window.until('the conflict', async () => (await window.problems()).length > 0);
        window.remove('specs/more');
        await window.until('its end', async () => (await window.problems()).length === 0);
    });
    await step('is served by another server after a restart', async () => {
        await window.command('FashionCnn: Restart language server');
        await window.until('the server', () => window.started === 2);
        await window.until('the totals', async () => (await window.shown()).includes('total 75,146 parameters'));
        assert.deepEqual(await window.problems(), []);
    });
    await step('completes a type, which is offered once, with what it needs', async () => {
        await window.goTo(spec, '\n    { "type": "GlobalAveragePooling2D"');
        // As a whole: which brackets VS Code closes depends on how fast one types.
        await window.page.keyboard.insertText('\n{ "type": "" }');
        for (let i = 0; i < 3; i++) {
            await window.page.keyboard.press('ArrowLeft');
        }

        await window.page.keyboard.press('Control+Space');
        await window.until('suggestions', async () => (await window.suggestions()).includes('"Conv2D"'));
        const offered = await window.suggestions();
        assert.equal(new Set(offered).size, offered.length, offered.join('\n'));
        await window.page.keyboard.type('Conv2');
        const one = await window.until('the best suggestion', async () => {
            const suggestions = await window.suggestions();
            return suggestions[0] === '"Conv2D"' && suggestions.length < offered.length && suggestions;
        });
        assert.equal(one.filter(label => label === '"Conv2D"').length, 1, one.join('\n'));
        await window.page.keyboard.press('Enter');
        // The places to fill in come one after the other.
        await window.page.keyboard.type('7');
        await window.page.keyboard.press('Tab');
        await window.page.keyboard.type('5');
        await window.page.keyboard.press('Escape');
        await window.page.keyboard.press('Escape');
        await window.goTo(spec, '\n    { "type": "GlobalAveragePooling2D"');
        await window.page.keyboard.press('ArrowDown');
        await window.page.keyboard.press('End');
        await window.page.keyboard.type(',');
        assert.match(await window.saved(name), /\n    \{ "type": "Conv2D", "filters": 7, "kernel_size": 5 ?\},\n/);
        await window.until('the hint', async () => (await window.shown()).includes('24x24x7 · 11,207'));
        assert.deepEqual(await window.problems(), []);
    });
    await step('is drawn beside the text, and again as one types', async () => {
        await window.command('FashionCnn: Show network');
        const drawing = window.webview();
        await drawing.locator('svg').filter({ hasText: '24x24x7' }).waitFor();
        assert.match(await drawing.locator('meta[http-equiv]').getAttribute('content'), /^default-src 'none'; style-src 'nonce-([0-9a-f]{32})'; script-src 'nonce-\1'$/);
        // The style of the drawing is in force, and its mode is that of the editor.
        assert.equal(await drawing.locator('svg .page').evaluate(page => getComputedStyle(page).fill), 'rgb(13, 17, 23)');
        await window.goTo(spec, '"filters": 64', '"filters": '.length);
        await window.page.keyboard.press('Delete');
        await window.page.keyboard.press('Delete');
        await drawing.locator('p').filter({ hasText: 'The spec has errors. This is the network before them.' }).waitFor();
        await drawing.locator('svg').filter({ hasText: '28x28x64' }).waitFor();
        await window.page.keyboard.type('33');
        await drawing.locator('svg').filter({ hasText: '28x28x33' }).waitFor();
        assert.equal(await drawing.locator('p').innerText(), '');
    });
    await step('is shown as generated C#, which follows the text and cannot be edited', async () => {
        await window.command('FashionCnn: Show generated C#');
        await window.until('the class', async () => (await window.shown('net.g.cs')).includes('class Net'));
        await window.until('its constructor', async () => (await window.shown('net.g.cs')).includes('filters: 33'));
        await window.goTo(spec, '"filters": 64', '"filters": '.length);
        await window.page.keyboard.press('Delete');
        await window.page.keyboard.type('4');
        await window.until('another constructor', async () => (await window.shown('net.g.cs')).includes('filters: 43'));
        await window.page.locator('.editor-group-container:has(.tab[data-resource-name="net.g.cs"]) .view-line').first().click();
        await window.page.keyboard.type('typed');
        await window.page.locator('.monaco-editor-overlaymessage').filter({ hasText: 'Cannot edit in read-only editor' }).waitFor();
        assert.doesNotMatch(await window.shown('net.g.cs'), /typed/);
    });
});

scenario('an untrusted workspace', { files: { [name]: spec }, isTrusted: false }, async (window, step) => {
    await step('starts nothing', async () => {
        await window.openFile(name);
        await window.page.locator('[id="status.workspaceTrust"]').waitFor();
        // The language of its own would come within this time, and the server with it.
        await window.page.waitForTimeout(5_000);
        assert.equal(await window.language(), 'JSON');
        assert.equal(window.started, 0);
    });
    await step('starts the server once it is trusted', async () => {
        await window.command('Workspaces: Manage Workspace Trust');
        await window.page.locator('.workspace-trust-editor .monaco-button').filter({ hasText: /^Trust$/ }).click();
        await window.page.locator('.tab[data-resource-name="net.json"]').click();
        await window.until('the language', async () => await window.language() === 'FashionCnn Spec');
        await window.until('the server', () => window.started === 1);
    });
});

scenario('a missing server', { files: { [name]: sound, 'specs/other.json': sound, '.vscode/settings.json': '{}' }, settings: { 'fashionCnn.server': undefined } }, async (window, step) => {
    const clear = async () => {
        await window.command('Notifications: Clear All Notifications');
        await window.until('no message', async () => (await window.messages()).length === 0);
    };
    await step('is one message with the command that installs it', async () => {
        await window.openFile(name);
        await window.until('a message', async () => (await window.messages()).length > 0);
        await window.openFile('specs/other.json');
        await window.until('the language', async () => await window.language() === 'FashionCnn Spec');
        await window.page.waitForTimeout(3_000);
        const messages = await window.messages();
        assert.equal(messages.length, 1, messages.join('\n'));
        assert.match(messages[0], /there is no command "fcnn"\. Install it with "dotnet tool install --global FashionCnn\.Tool"\. .* "--add-source FOLDER"/);
    });
    await step('is told again by a command, which shows as much, and not while one types', async () => {
        await window.page.locator('.tab[data-resource-name="net.json"]').click();
        await clear();
        await window.command('FashionCnn: Show network');
        await window.webview().locator('p').filter({ hasText: 'The language server does not answer, so no network is shown.' }).waitFor();
        await window.until('a message', async () => (await window.messages()).length === 1);
        await clear();
        for (let i = 0; i < 3; i++) {
            await window.goTo(spec, '"filters": 64', '"filters": '.length);
            await window.page.keyboard.type('1');
            await window.page.waitForTimeout(1_000);
        }

        assert.deepEqual(await window.messages(), []);
        await window.page.keyboard.press('Control+z');
    });
    await step('can be replaced by one that never answers, and that by one that does', async () => {
        // It says that it was started, as the server of the tests does.
        window.useServer(['sh', '-c', `echo $$ >>'${window.starts}'; exec sleep 600`]);
        await window.until('its start', () => window.started === 1);
        const silent = window.server;
        assert.equal(isAlive(silent), true);
        window.useServer();
        await window.until('the server', () => window.started === 2);
        await window.until('the end of the other', () => !isAlive(silent));
        // What was shown without a server is asked for again.
        await window.webview().locator('svg').waitFor();
        assert.equal(await window.webview().locator('p').innerText(), '');
        assert.deepEqual(await window.messages(), []);
    });
});

scenario('a server that ends at once', { files: { [name]: spec, '.vscode/settings.json': '{}' }, settings: { 'fashionCnn.server': ['dotnet', 'fcnn', 'language-server'] } }, async (window, step) => {
    await step('is one message with what to do', async () => {
        await window.openFile(name);
        await window.until('a message', async () => (await window.messages()).length > 0);
        await window.page.waitForTimeout(3_000);
        const messages = await window.messages();
        assert.equal(messages.length, 1, messages.join('\n'));
        assert.match(messages[0], /ended at once\. The command was: dotnet fcnn language-server\. Run "dotnet tool restore" in the project's folder, then restart the language server\.$/);
    });
    await step('does not keep another one from being started', async () => {
        window.useServer();
        await window.until('the server', () => window.started === 1);
        await window.until('a hint', async () => (await window.shown()).includes('28x28x64 · 36,928'));
    });
    await step('may end later, fail to come back, and be started by the command', async () => {
        await window.command('Notifications: Clear All Notifications');
        window.setCommand(false);
        process.kill(window.server, 'SIGKILL');
        await window.until('a message', async () => (await window.messages()).length > 0);
        await window.command('Notifications: Clear All Notifications');
        window.setCommand(true);
        await window.command('FashionCnn: Restart language server');
        await window.until('the server', () => window.started === 2);
        await window.until('a hint', async () => (await window.shown()).includes('28x28x64 · 36,928'));
        assert.deepEqual(await window.messages(), []);
    });
});

/** Whether there is a process. */
function isAlive(id) {
    try {
        return process.kill(id, 0);
    } catch {
        return false;
    }
}
