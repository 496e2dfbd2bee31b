// Takes the picture of docs/editors.md: a spec with one mistake, and the network beside it.
import { join } from 'node:path';
import { Window, prepare, root, whyNot } from './window.mjs';

const reason = whyNot();
if (reason !== undefined) {
    console.error(reason);
    process.exit(1);
}

prepare();
const name = 'specs/net.json';
const text = `{
  "version": 1,
  "input": { "shape": [28, 28, 1] },
  "layers": [
    { "type": "Conv2D", "filters": 32, "kernel_size": 3, "padding": "same" },
    { "type": "Conv2D", "filters": 32, "kernel_size": 3, "padding": "same" },
    { "type": "MaxPooling2D" },
    { "repeat": 2, "layers": [{ "type": "Conv2D", "filters": 64, "kernel_size": 3 }] },
    { "type": "GlobalAveragePooling2D" },
    { "type": "Dense", "units": 64, "activation": "relu" },
    { "type": "Dense", "units": 10, "activation": "softmax" }
  ]
}
`;
const window = await Window.open({ files: { [name]: text }, settings: { 'workbench.layoutControl.enabled': false, 'editor.stickyScroll.enabled': false }, size: { width: 1500, height: 620 } });
try {
    await window.openFile(name);
    await window.page.keyboard.press('Control+b');
    await window.until('hints', async () => (await window.shown()).includes('total '));
    await window.command('FashionCnn: Show network');
    await window.webview().locator('svg').waitFor();
    // The drawing needs less room than the text.
    const sash = await window.page.locator('.editor-group-container').nth(1).boundingBox();
    await window.page.mouse.move(sash.x, 400);
    await window.page.mouse.down();
    await window.page.mouse.move(1080, 400, { steps: 5 });
    await window.page.mouse.up();
    await window.goTo(text, 'Dense", "units": 10', 'Den'.length);
    await window.page.keyboard.press('Delete');
    await window.webview().locator('p').filter({ hasText: 'errors' }).waitFor();
    await window.page.keyboard.press('F8');
    await window.page.locator('.marker-widget').filter({ hasText: 'did you mean' }).waitFor();
    await window.page.mouse.move(500, 200);
    await window.page.mouse.wheel(0, -1_000);
    await window.page.waitForTimeout(1_000);
    await window.page.screenshot({ path: join(root, 'docs', 'images', 'vscode.png') });
} finally {
    await window.close();
}
