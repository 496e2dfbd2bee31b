// Takes the picture of docs/editors.md.
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { Window, prepare, root, whyNot } from './window.mjs';

const reason = whyNot();
if (reason !== undefined) {
    console.error(reason);
    process.exit(1);
}

prepare();
const text = readFileSync(join(root, 'specs', 'model3.json'), 'utf8').replace('"kernel_size": 3, ', '"kernel_size": 3, ').replace('{ "type": "Flatten" }', '{ "type": "Flaten" }');
const window = await Window.open({ files: { 'specs/model3.json': text }, settings: { 'window.commandCenter': false, 'workbench.activityBar.location': 'hidden' }, size: { width: 1180, height: 640 } });
try {
    await window.openFile('specs/model3.json');
    await window.until('hints', async () => (await window.shown()).includes('28x28x64'));
    await window.page.screenshot({ path: join(root, 'docs', 'images', 'vscode.png') });
} finally {
    await window.close();
}
