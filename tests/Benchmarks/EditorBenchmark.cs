using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FashionCnn.LanguageServer;
using Nerdbank.Streams;
using StreamJsonRpc;

namespace FashionCnn.Benchmarks;

/// <summary>Measures how long after an edit an editor has diagnostics and hints, the way over the protocol included.</summary>
internal static class EditorBenchmark
{
    // Milliseconds.
    private const double Aim = 20;

    private const int Layers = 1_000;
    private const int WarmUp = 100;
    private const string Uri = "file:///nowhere/many_layers.json";

    public static void Run(int rounds, TextWriter output) => RunAsync(rounds, output).GetAwaiter().GetResult();

    private static async Task RunAsync(int rounds, TextWriter output)
    {
        var (mine, its) = FullDuplexStream.CreatePair();
        var server = Task.Run(() => LanguageServerProgram.Run(its, its));
        using var rpc = new JsonRpc(new HeaderDelimitedMessageHandler(mine, mine, new SystemTextJsonFormatter()));
        var arrivals = new Arrivals();
        rpc.AddLocalRpcTarget(arrivals);
        rpc.StartListening();
        await rpc.InvokeWithParameterObjectAsync<JsonElement>("initialize", new { capabilities = new { } });

        var lines = SpecSet.OfLayers(Layers).GetText().ToString().Split('\n');
        var row = Array.FindIndex(lines, line => line.Contains("conv_250", StringComparison.Ordinal));
        var column = lines[row].IndexOf("\"filters\": ", StringComparison.Ordinal) + "\"filters\": ".Length;
        var range = new { start = new { line = row, character = column }, end = new { line = row, character = column + 2 } };
        await rpc.NotifyWithParameterObjectAsync("textDocument/didOpen", new { textDocument = new { uri = Uri, languageId = "json", version = 0, text = string.Join('\n', lines) } });

        var times = new List<double>();
        for (var i = 1; i <= WarmUp + rounds; i++)
        {
            var arrived = arrivals.Of(i);
            var watch = Stopwatch.StartNew();
            await rpc.NotifyWithParameterObjectAsync("textDocument/didChange", new { textDocument = new { uri = Uri, version = i }, contentChanges = new[] { new { range, text = $"{16 + (i % 50)}" } } });
            var hints = await rpc.InvokeWithParameterObjectAsync<JsonElement>("textDocument/inlayHint", new { textDocument = new { uri = Uri }, range = new { start = new { line = 0, character = 0 }, end = new { line = lines.Length, character = 0 } } });
            await arrived;
            watch.Stop();
            if (hints.GetArrayLength() != Layers + 1)
            {
                throw new InvalidOperationException($"There are {hints.GetArrayLength()} hints.");
            }

            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        await rpc.InvokeAsync<JsonElement?>("shutdown");
        await rpc.NotifyAsync("exit");
        await server;
        var measured = times.Skip(WarmUp).Order().ToList();
        output.WriteLine("| layers | edits | median ms | 95th of 100 ms | aim |");
        output.WriteLine("|---:|---:|---:|---:|---:|");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Layers:n0} | {rounds} | {measured[measured.Count / 2]:0.0} | {measured[measured.Count * 95 / 100]:0.0} | under {Aim:0} ms |"));
    }

    private sealed class Arrivals
    {
        private readonly Lock gate = new();
        private readonly Dictionary<int, TaskCompletionSource> waiting = [];

        public Task Of(int version)
        {
            lock (gate)
            {
                return (waiting[version] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }

        [JsonRpcMethod("textDocument/publishDiagnostics", UseSingleObjectParameterDeserialization = true)]
        public void Publish(JsonElement parameters)
        {
            lock (gate)
            {
                if (parameters.TryGetProperty("version", out var version) && waiting.Remove(version.GetInt32(), out var arrived))
                {
                    arrived.SetResult();
                }
            }
        }
    }
}
