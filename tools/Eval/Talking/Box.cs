using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Client;
using Appliance.Gateway.Identity;

namespace Eval.Talking;

/// <summary>
/// The program itself, the one that lies beside this one, serving a home in which nobody set anything up but a few imagined pins and sensors. One conversation
/// at a time; ends when it is disposed.
/// </summary>
internal sealed class Box : IAsyncDisposable
{
    // A sensor that is imagined measures 20 times its scale.
    private const string Settings = """
        {"hardware": {"simulate": true,
          "pins": {
            "porch-light": {"at": "gpio:gpiochip0/17", "output": true, "allow": ["read", "set"]},
            "kitchen-light": {"at": "gpio:gpiochip0/18", "output": true, "allow": ["read", "set"]},
            "reading-lamp": {"at": "pwm:pwmchip0/0", "allow": ["read", "set"]},
            "heater": {"at": "gpio:gpiochip0/22", "output": true, "allow": ["read", "set"]}},
          "sensors": {
            "kitchen-temperature": {"at": "w1:28-0316a279c3ff", "scale": 1.075},
            "bedroom-temperature": {"at": "w1:28-0316a279c3fe", "scale": 0.92},
            "greenhouse-humidity": {"at": "iio:bme280/humidity", "scale": 3.15, "unit": "%"}}}}
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5), Glance = TimeSpan.FromMilliseconds(300);

    private readonly string _home;
    private readonly Process _process;
    private readonly HttpClient _client;
    private GatewayClient? _gateway;

    private Box(string home, Process process, Uri address, string token)
    {
        (_home, _process) = (home, process);
        _client = new HttpClient { BaseAddress = address, Timeout = Patience };
        _client.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    /// <summary>Begins to serve a home.</summary>
    /// <exception cref="InvalidOperationException">The program did not start.</exception>
    public static async Task<Box> StartAsync(string home)
    {
        await File.WriteAllTextAsync(Path.Combine(home, "appliance.json"), Settings);
        var token = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        // The dotnet that runs this: it may lie where no installation is looked for.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        var start = new ProcessStartInfo(dotnet, [Path.Combine(AppContext.BaseDirectory, "appliance.dll"), "serve", "--port", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["APPLIANCE_HOME"] = home, [SharedToken.Variable] = token },
        };
        var process = Process.Start(start)!;
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.Append(line.Data).Append('\n');
        process.BeginErrorReadLine();
        const string Listening = "listening on ";
        if (await process.StandardOutput.ReadLineAsync() is not { } line || !line.StartsWith(Listening, StringComparison.Ordinal))
        {
            await process.WaitForExitAsync();
            throw new InvalidOperationException($"The program did not serve: {errors}");
        }
        _ = process.StandardOutput.ReadToEndAsync();
        var box = new Box(home, process, new Uri(line[Listening.Length..]), token);
        box._gateway = await GatewayClient.ConnectAsync(GatewayTarget.Find(home, null, token), [Scope.Approvals, Scope.Read], default);
        return box;
    }

    /// <summary>Says something and waits for the reply; whatever asks for a yes meanwhile is answered.</summary>
    public async Task<BoxReply> SayAsync(string text, bool approve)
    {
        var answer = PostAsync("/api/v1/chat", new JsonObject { ["message"] = text });
        while (await Task.WhenAny(answer, Task.Delay(Glance)) != answer) await AnswerQuestionsAsync(approve);
        var said = await answer;
        var lines = Transcript().Where(line => line.Text("runId") == said.Text("runId")).ToList();
        var calls = lines.SelectMany(line => line.Items("toolCalls")).Select(call => (call.Text("name")!, call.Text("arguments")!)).ToList();
        return new BoxReply(said.Text("text") ?? "", calls, [.. lines.Where(line => line.Text("role") == "tool").Select(line => line.Text("text")!)])
        {
            Error = said.Flag("ok") ? null : said.Text("error") ?? said.Text("status") ?? said.GetRawText(),
            IsReflex = said.Text("model")?.StartsWith("reflex", StringComparison.Ordinal) ?? false,
        };
    }

    /// <summary>What somebody finds who looks there; nothing where there is no such file.</summary>
    public async Task<string> LookAsync(State state)
    {
        if (!state.IsFile) return (await _gateway!.RequestAsync(state.Where)).GetRawText();
        var folder = Path.Combine(_home, "agents", "main", "workspace", Path.GetDirectoryName(state.Where)!);
        return Directory.Exists(folder) ? string.Concat(Directory.EnumerateFiles(folder, Path.GetFileName(state.Where)).Select(File.ReadAllText)) : "";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        _client.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task AnswerQuestionsAsync(bool approve)
    {
        foreach (var kind in (string[])["exec", "plugin"])
        {
            foreach (var row in (await _gateway!.RequestAsync($"{kind}.approval.list")).EnumerateArray())
                await _gateway.RequestAsync("approval.resolve", to => to.Add("id", row.Text("id")).Add("kind", kind).Add("decision", approve ? "allow-once" : "deny"));
        }
    }

    private async Task<JsonElement> PostAsync(string path, JsonObject body)
    {
        using var response = await _client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private IEnumerable<JsonElement> Transcript() => Directory.EnumerateFiles(Path.Combine(_home, "agents", "main", "sessions"), "*.jsonl").SelectMany(file =>
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
    });
}

/// <summary>What the box said and did.</summary>
/// <param name="Text">What it said.</param>
/// <param name="Calls">What it called, with arguments.</param>
/// <param name="Results">What came of that.</param>
internal sealed record BoxReply(string Text, IReadOnlyList<(string Name, string Arguments)> Calls, IReadOnlyList<string> Results)
{
    /// <summary>Why there is no reply; null where there is one.</summary>
    public string? Error { get; init; }

    /// <summary>Whether a reflex replied, without a model.</summary>
    public bool IsReflex { get; init; }
}
