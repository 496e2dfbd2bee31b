#!/usr/bin/env bash
# Builds a VS Code that runs in a browser, from the npm registry alone: code-server 4.96.4, which is VS Code 1.96.4.
#   get-vscode.sh FOLDER
# It needs Node.js 20 with its headers, g++, make and python3. A folder that has one is left alone.
set -euo pipefail
folder=${1:?usage: get-vscode.sh FOLDER}
version=4.96.4
[ "$(cat "$folder/complete" 2>/dev/null)" = "$version" ] && exit
mkdir -p "$folder"
cd "$folder"
rm -rf node_modules package.json package-lock.json
npm init -y >/dev/null
# Its own script installs a dependency from outside the registry, so it is not run.
npm install --ignore-scripts --no-audit --no-fund --save-exact "code-server@$version"
cd node_modules/code-server/lib/vscode
# The shrinkwrap file asks for that dependency too. Without it, npm takes the registry's.
rm -f npm-shrinkwrap.json
npm install --omit=dev --ignore-scripts --legacy-peer-deps --no-audit --no-fund
headers=$(dirname "$(dirname "$(realpath "$(command -v node)")")")
for module in @vscode/spdlog native-watchdog node-pty @parcel/watcher; do
    (cd "node_modules/$module" && npx --yes node-gyp rebuild --nodedir="$headers")
done
# There is no password, so the native module that checks one is not built.
echo 'module.exports = { hash: async () => "", verify: async () => true };' >"$folder/node_modules/argon2/argon2.js"
echo "$version" >"$folder/complete"
