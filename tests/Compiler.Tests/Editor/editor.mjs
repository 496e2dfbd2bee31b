// What VS Code says of specs: reads {schema, cases: [{name, text}]} from standard input, where | in a text is the cursor, and writes per case
// the labels that completion offers there, the text under the pointer, and the problems.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(`${process.argv[2]}/package.json`);
const { getLanguageService, TextDocument } = require('vscode-json-languageservice');
const { schema, cases } = JSON.parse(readFileSync(0, 'utf8'));
const service = getLanguageService({});
service.configure({ validate: true, schemas: [{ uri: 'schema:spec', fileMatch: ['*'], schema }] });

const results = {};
for (const { name, text } of cases) {
    const cursor = text.indexOf('|');
    const document = TextDocument.create('file:///spec.json', 'json', 1, cursor < 0 ? text : text.slice(0, cursor) + text.slice(cursor + 1));
    const parsed = service.parseJSONDocument(document);
    const problems = await service.doValidation(document, parsed, undefined, schema);
    const position = document.positionAt(cursor);
    const completion = cursor < 0 ? null : await service.doComplete(document, position, parsed);
    // Over a half-written word the engine has nothing to say, or fails.
    const hover = !name.endsWith('under the pointer') ? null : await service.doHover(document, position, parsed);
    results[name] = {
        labels: completion?.items.map(item => item.label) ?? [],
        hover: hover?.contents?.map?.(part => part.value ?? part).join('\n') ?? '',
        problems: problems.map(problem => problem.message),
    };
}

process.stdout.write(JSON.stringify(results));
