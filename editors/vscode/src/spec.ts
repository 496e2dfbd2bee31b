/** The language of specs: one of its own, so that only the server of specs answers. */
export const language = 'fashioncnn-spec';

// The compiler takes no longer ones.
const longest = 1 << 20;
const token = /"(?:[^"\\\r\n]|\\.)*"?|\/\/.*|\/\*[^]*?(?:\*\/|$)|[{}[\]:,]|[^\s{}[\]:,"/]+|\//g;

/** Whether a JSON text, finished or not, is a spec: it names the schema of specs, or it is of version 1 and has a list of layers. */
export function isSpec(text: string): boolean {
    if (text.length > longest) {
        return false;
    }

    // Each of the outermost object's members with the first token of its value.
    const members = new Map<string, string>();
    let [depth, key, before] = [0, '', ''];
    for (const [found] of text.matchAll(token)) {
        if (found.startsWith('//') || found.startsWith('/*')) {
            continue;
        }

        if (found === ':') {
            key = before;
        } else if (before === ':' && depth === 1) {
            members.set(key, found);
        }

        depth += found === '{' || found === '[' ? 1 : found === '}' || found === ']' ? -1 : 0;
        before = found;
    }

    return /[/"]model-spec\.schema\.json"?$/.test(members.get('"$schema"') ?? '') || (members.get('"version"') === '1' && members.get('"layers"') === '[');
}
