using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Report;

/// <summary>A test in a real browser; skipped, with the reason, where none is installed.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Program is null ? $"There is no {string.Join(", ", Browser.Names)} in PATH." : null;
}

/// <summary>A page in a headless Chromium, driven by its DevTools protocol.</summary>
internal sealed class Browser : IDisposable
{
    public static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "chrome"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly TemporaryFolder profile = new();
    private readonly CancellationTokenSource end = new(Patience);
    private readonly ClientWebSocket socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> asked = new();
    private readonly Process process;
    private readonly string? session;
    private int last;

    public Browser()
    {
        process = Process.Start(new ProcessStartInfo(Program!,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--remote-debugging-port=0", $"--user-data-dir={profile.Path}", "about:blank",
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        socket.ConnectAsync(Address(), end.Token).GetAwaiter().GetResult();
        _ = Task.Run(Read);
        var target = Ask("Target.createTarget", new { url = "about:blank" })["targetId"]!.GetValue<string>();
        session = Ask("Target.attachToTarget", new { targetId = target, flatten = true })["sessionId"]!.GetValue<string>();
        foreach (var domain in new[] { "Page", "Log", "Runtime", "Network" })
        {
            Ask($"{domain}.enable");
        }
    }

    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>What the browser said of its own accord: the method and the parameters of each event.</summary>
    public ConcurrentQueue<(string Method, JsonNode Parameters)> Events { get; } = new();

    /// <summary>Everything that the console showed: warnings, errors, exceptions of scripts.</summary>
    public IEnumerable<string> Console => Events.Where(happened => happened.Method is "Log.entryAdded" or "Runtime.consoleAPICalled" or "Runtime.exceptionThrown").Select(happened => happened.Parameters.ToJsonString());

    /// <summary>The addresses that were asked for.</summary>
    public IEnumerable<string> Requests => Events.Where(happened => happened.Method == "Network.requestWillBeSent").Select(happened => happened.Parameters["request"]!["url"]!.GetValue<string>());

    /// <summary>Opens a file and waits until it is there.</summary>
    public void Open(string file, int width = 1200, int height = 900, string scheme = "light")
    {
        Ask("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile = width < 600 });
        Ask("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = scheme } } });
        var before = Loads();
        Ask("Page.navigate", new { url = new Uri(file).AbsoluteUri });
        while (Loads() == before)
        {
            end.Token.ThrowIfCancellationRequested();
            Thread.Sleep(20);
        }

        int Loads() => Events.Count(happened => happened.Method == "Page.loadEventFired");
    }

    /// <summary>The value of a JavaScript expression, which the page's content security policy does not concern.</summary>
    public JsonNode? Evaluate(string expression)
    {
        var answer = Ask("Runtime.evaluate", new { expression, returnByValue = true });
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer}");
        return answer["result"]!["value"];
    }

    /// <summary>Moves the mouse to a place within an element, as parts of its width and height.</summary>
    public void MoveTo(string selector, double x, double y)
    {
        Evaluate($"document.querySelector('{selector}').scrollIntoView({{ block: 'center' }})");
        var box = Evaluate($"(() => {{ const box = document.querySelector('{selector}').getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; }})()")!.AsArray().Select(value => value!.GetValue<double>()).ToArray();
        Ask("Input.dispatchMouseEvent", new { type = "mouseMoved", x = box[0] + (x * box[2]), y = box[1] + (y * box[3]) });
    }

    public void Press(string key)
    {
        Ask("Input.dispatchKeyEvent", new { type = "keyDown", key });
        Ask("Input.dispatchKeyEvent", new { type = "keyUp", key });
    }

    public JsonNode Ask(string method, object? parameters = null)
    {
        var id = Interlocked.Increment(ref last);
        var answer = asked[id] = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters ?? new { }, sessionId = session }, Json);
        socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, end.Token).GetAwaiter().GetResult();
        return answer.Task.WaitAsync(end.Token).GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        end.Cancel();
        socket.Dispose();
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        profile.Dispose();
        end.Dispose();
    }

    // The browser writes the port that it chose into its profile.
    private Uri Address()
    {
        var file = profile.File("DevToolsActivePort");
        while (true)
        {
            end.Token.ThrowIfCancellationRequested();
            if (File.Exists(file) && File.ReadAllText(file).Split('\n') is [var port, { Length: > 0 } path, ..])
            {
                return new Uri($"ws://127.0.0.1:{port}{path}");
            }

            Thread.Sleep(20);
        }
    }

    private async Task Read()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer, end.Token);
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Take(JsonNode.Parse(Encoding.UTF8.GetString(message.ToArray()))!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // The test has ended, or the browser: then what was asked is never answered, and the test fails by its patience.
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"] is not { } id)
        {
            Events.Enqueue((message["method"]!.GetValue<string>(), message["params"]!));
        }
        else if (message["error"] is { } error)
        {
            asked[id.GetValue<int>()].SetException(new InvalidOperationException(error.ToJsonString()));
        }
        else
        {
            asked[id.GetValue<int>()].SetResult(message["result"]!);
        }
    }
}
