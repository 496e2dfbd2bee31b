import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { isSpec } from '../src/spec';
import { codeOf, drawingOf, next, pageOf } from '../src/view';

// From out/, where the tests are bundled to.
const extension = join(__dirname, '..');
const root = join(extension, '..', '..');
const read = (...parts: string[]) => readFileSync(join(...parts), 'utf8');

test('every spec of the project is one', () => {
    for (const folder of ['specs', 'tests/Generator.Tests/fixtures/valid']) {
        for (const file of readdirSync(join(root, folder)).filter(name => name.endsWith('.json') && !name.endsWith('.schema.json'))) {
            assert.equal(isSpec(read(root, folder, file)), true, file);
        }
    }
});

test('other JSON files are none', () => {
    for (const file of ['specs/model-spec.schema.json', 'editors/vscode/package.json', 'editors/vscode/package-lock.json', 'editors/vscode/tsconfig.json', 'editors/vscode/spec.tmLanguage.json']) {
        assert.equal(isSpec(read(root, file)), false, file);
    }

    for (const text of ['', '[]', '[{ "version": 1, "layers": [] }]', '{ "version": 8, "layers": [] }', '{ "version": 1, "layers": {} }', '{ "version": 1 }', '{ "layers": [] }',
        '{ "a": { "version": 1, "layers": [] } }', '{ // "version": 1, "layers": []\n }', '{ "text": "\\"version\\": 1, \\"layers\\": [" }', '{ "$schema": "https://json.schemastore.org/package" }', '{ "$schema": "./other-model-spec.schema.json" }',
        `{ "version": 1, "layers": [${' '.repeat(1 << 20)}] }`]) {
        assert.equal(isSpec(text), false, text.slice(0, 80));
    }
});

test('an unfinished spec is one', () => {
    for (const text of ['{ "$schema": "./model-spec.schema.json"', '{ "$schema": "model-spec.schema.json', '{ "$schema": "../specs/model-spec.schema.json", "version"', '// A net.\n{ "version": 1, "layers": [', '{ "layers": [{ "type": "Fl\n }], "version": 1 }',
        '{ /* what\n is this */ "input": { "shape": [1, 2, 3] }, "layers": [{}],, "version": 1']) {
        assert.equal(isSpec(text), true, text);
    }
});

test('a view keeps what the spec gave before it had errors', () => {
    const empty = { hasErrors: false };
    assert.equal(codeOf(next(empty, 'class Net { }\n')), 'class Net { }\n');
    assert.equal(codeOf(next(empty, null)), '// The spec has errors, so no class is shown.\n');
    const faulty = next(next(next(empty, 'class Net { }\n'), null), null);
    assert.equal(codeOf(faulty), '// The spec has errors. This is the class before them.\n\nclass Net { }\n');
    assert.equal(codeOf(next(faulty, 'class Other { }\n')), 'class Other { }\n');
});

test('a view says that the server does not answer, and keeps what it gave before', () => {
    assert.equal(codeOf({ hasErrors: false, isUnanswered: true }), '// The language server does not answer, so no class is shown.\n');
    const silent = { ...next({ hasErrors: false }, 'class Net { }\n'), isUnanswered: true };
    assert.equal(codeOf(silent), '// The language server does not answer. This is the last class that it gave.\n\nclass Net { }\n');
    assert.equal(codeOf(next(silent, 'class Other { }\n')), 'class Other { }\n');
    assert.equal(codeOf(next(silent, null)), '// The spec has errors. This is the class before them.\n\nclass Net { }\n');
    assert.equal(drawingOf({ hasErrors: false, isUnanswered: true }, false, 'abc'), '<p>The language server does not answer, so no network is shown.</p>\n');
});

test('a drawing has the mode of the editor, and a note while the spec has errors', () => {
    const drawing = '<svg>\n  <style>\n.a { fill: red } @media (prefers-color-scheme: dark) { .a { fill: blue } }\n  </style>\n</svg>\n';
    const view = next({ hasErrors: false }, drawing);
    assert.match(drawingOf(view, true, 'abc'), /^<p><\/p>\n<svg>\n  <style nonce="abc">\n.a \{ fill: red \} @media all \{/);
    assert.match(drawingOf(view, false, 'abc'), /@media not all \{/);
    assert.match(drawingOf(next(view, null), false, 'abc'), /^<p>The spec has errors\. This is the network before them\.<\/p>\n<svg>/);
    assert.equal(drawingOf(next({ hasErrors: false }, null), false, 'abc'), '<p>The spec has errors, so no network is shown.</p>\n');
});

test('the page of drawings loads nothing and runs its own lines only', () => {
    const page = pageOf('abc');
    assert.match(page, /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-abc'; script-src 'nonce-abc'">/);
    assert.doesNotMatch(page, /src=|href=|unsafe|<script>|<style>/);
});

test('the lock file names no registry, and the license is that of the project', () => {
    assert.doesNotMatch(read(extension, 'package-lock.json'), /"resolved"/);
    assert.equal(read(extension, 'LICENSE'), read(root, 'LICENSE'));
});
