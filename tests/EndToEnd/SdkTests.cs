using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TestKit;

namespace EndToEnd;

/// <summary>
/// The official clients of Anthropic, OpenAI (responses) and MCP, unchanged, against the published binary: whole answers, streams, tools and
/// faults. A model of random weights says noise; what is asked of it by a grammar is valid all the same.
/// </summary>
public sealed class SdkTests(ToolModel model) : IClassFixture<ToolModel>
{
    [Fact]
    public async Task AnthropicClient_Unchanged_SeesWhatItShould()
    {
        await using var server = await RunningServer.StartAsync(model.Home);
        var seen = await RunClient("anthropic.mjs", server);
        Assert.Contains("random", seen["models"].GetProperty("ids").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal("assistant", seen["message"].GetProperty("role").GetString());
        var usage = seen["message"].GetProperty("usage");
        Assert.Equal(seen["count"].GetProperty("tokens").GetInt32(), usage.GetProperty("input_tokens").GetInt32() + usage.GetProperty("cache_read_input_tokens").GetInt32());
        Assert.Equal(Text(seen, "message"), Text(seen, "stream"));
        Assert.Equal(Text(seen, "stream"), seen["stream"].GetProperty("accumulated").GetString());
        Assert.Equal(
            ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
            seen["stream"].GetProperty("types").EnumerateArray().Select(type => type.GetString()).Where(type => type != "ping"));
        Assert.Equal(("tool_use", "set_light"), (seen["tool"].GetProperty("stop_reason").GetString(), seen["tool"].GetProperty("name").GetString()));
        AssertLight(seen["tool"].GetProperty("input"));
        Assert.True(seen["tool-result"].GetProperty("input_tokens").GetInt32() > 0);
        foreach (var (step, status, type) in ((string, int, string)[])[("unknown-model", 404, "not_found_error"), ("prefill", 400, "invalid_request_error"), ("stream-unknown-model", 404, "not_found_error")])
            Assert.Equal((step, status, type), (step, seen[step].GetProperty("status").GetInt32(), seen[step].GetProperty("type").GetString()));
        Assert.True(seen["unknown-model"].GetProperty("request").GetBoolean());
        Assert.True(seen["after-abort"].GetProperty("same").GetBoolean());
    }

    [Fact]
    public async Task OpenAiClient_Responses_SeesWhatItShould()
    {
        await using var server = await RunningServer.StartAsync(model.Home);
        var seen = await RunClient("responses.mjs", server);
        Assert.Equal(Text(seen, "response"), Text(seen, "stream"));
        Assert.Equal(Text(seen, "response"), Text(seen, "stream-raw"));
        Assert.Contains(seen["response"].GetProperty("status").GetString(), (string[])["completed", "incomplete"]);
        Assert.Equal(seen["response"].GetProperty("status").GetString(), seen["stream"].GetProperty("status").GetString());
        Assert.True(seen["stream"].GetProperty("ordered").GetBoolean());
        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done", $"response.{seen["stream"].GetProperty("status").GetString()}",
            ],
            seen["stream"].GetProperty("types").EnumerateArray().Select(type => type.GetString()));
        Assert.Equal(("set_light", "completed"), (seen["tool"].GetProperty("name").GetString(), seen["tool"].GetProperty("status").GetString()));
        AssertLight(seen["tool"].GetProperty("arguments"));
        AssertLight(seen["tool-stream"].GetProperty("arguments"));
        AssertLight(seen["structured"].GetProperty("value"));
        Assert.True(seen["tool-result"].GetProperty("previous").GetBoolean() && seen["tool-result"].GetProperty("more").GetBoolean());
        Assert.True(seen["retrieve"].GetProperty("same").GetBoolean());
        foreach (var (step, status) in ((string, int)[])[("retrieve-deleted", 404), ("unknown-model", 404), ("unknown-previous", 400), ("stream-unknown-model", 404)])
            Assert.Equal((step, status), (step, seen[step].GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task OpenAiChatAndOllamaClients_CallTools_AndTellWhatCameOfThem()
    {
        await using var server = await RunningServer.StartAsync(model.Home);
        var seen = await RunClient("tools.mjs", server);
        foreach (var step in (string[])["openai-forced", "openai-forced-stream"])
        {
            Assert.Equal((step, "set_light"), (step, seen[step].GetProperty("name").GetString()));
            AssertLight(seen[step].GetProperty("arguments"));
        }
        Assert.Subset(new HashSet<string?> { "set_light", "time" }, seen["openai-required"].GetProperty("names").EnumerateArray().Select(name => name.GetString()).ToHashSet());
        Assert.NotEmpty(seen["openai-required"].GetProperty("names").EnumerateArray());
        Assert.Equal("assistant", seen["openai-result"].GetProperty("role").GetString());
        Assert.Equal(400, seen["openai-unknown-tool"].GetProperty("status").GetInt32());
        foreach (var step in (string[])["ollama-tools", "ollama-result", "ollama-stream"])
        {
            Assert.True(seen[step].GetProperty("done").GetBoolean(), step);
            // A model of random weights calls or does not; what is a call has arguments that are read already.
            Assert.All(seen[step].GetProperty("calls").EnumerateArray(), call => Assert.Equal("object", call.GetProperty("kind").GetString()));
        }
        Assert.True(seen["ollama-result"].GetProperty("more").GetBoolean());
        Assert.Equal(400, seen["ollama-nameless-tool"].GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task McpClient_Unchanged_CallsTheAgentsTools()
    {
        const string token = "0123456789abcdef0123456789abcdef";
        using var home = new TemporaryFolder();
        await File.WriteAllTextAsync(home["token"], token);
        await using var server = await RunningServer.StartAsync(home.Path, "--token-file", home["token"]);
        var seen = await RunClient("mcp.mjs", server, token);
        Assert.Equal(("appliance", true), (seen["server"].GetProperty("name").GetString(), seen["server"].GetProperty("session").GetBoolean()));
        Assert.Contains("time", seen["tools"].GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.True(seen["tools"].GetProperty("schemas").GetBoolean());
        Assert.False(seen["call"].GetProperty("error").GetBoolean());
        Assert.Contains(DateTime.Now.Year.ToString(CultureInfo.InvariantCulture), Text(seen, "call"), StringComparison.Ordinal);
        Assert.True(seen["refused"].GetProperty("error").GetBoolean());
        Assert.True(seen["missing"].GetProperty("error").GetBoolean());
        Assert.True(seen["wrong-token"].GetProperty("failed").GetBoolean());
    }

    /// <summary>The protocol's own reference server, unchanged, as a program in the sandbox.</summary>
    [Fact]
    public async Task McpReferenceServer_Unchanged_IsCalledFromTheSandbox()
    {
        using var home = new TemporaryFolder();
        var clients = Path.Combine(Repository.Root, "artifacts", "clients");
        var server = Path.Combine(clients, "node_modules", "@modelcontextprotocol", "server-everything", "dist", "index.js");
        var added = await ApplianceBinary.RunAsync(home.Path, "mcp", "add", "everything", "--json", "--folder", clients, "--", "node", server, "stdio");
        Assert.True(added.ExitCode == 0, added.Error);
        var tools = JsonDocument.Parse(added.Output).RootElement;
        Assert.True(tools.GetProperty("tools").GetArrayLength() > 5);
        Assert.Empty(tools.GetProperty("unusable").EnumerateArray());
        Assert.Equal("Echo: hello\n", (await ApplianceBinary.RunAsync(home.Path, "mcp", "test", "everything", "--call", "echo", "--arguments", """{"message":"hello"}""")).Output);
        // It is told nothing of this process, and finds no file of its owner.
        var environment = await ApplianceBinary.RunWithAsync(home.Path, new Dictionary<string, string> { ["APPLIANCE_CANARY"] = "canary" }, "", "mcp", "test", "everything", "--call", "get-env");
        Assert.Contains("TMPDIR", environment.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", environment.Output, StringComparison.Ordinal);
    }

    private static void AssertLight(JsonElement arguments)
    {
        Assert.Contains(arguments.GetProperty("on").ValueKind, (JsonValueKind[])[JsonValueKind.True, JsonValueKind.False]);
        Assert.InRange(arguments.GetProperty("level").GetInt32(), 0, 100);
    }

    private static string Text(Dictionary<string, JsonElement> seen, string step) => seen[step].GetProperty("text").GetString()!;

    // build.sh installs the clients beside the scripts before the tests run.
    private static async Task<Dictionary<string, JsonElement>> RunClient(string script, RunningServer server, string? token = null)
    {
        var start = new ProcessStartInfo("node", [script, server.Client.BaseAddress!.ToString().TrimEnd('/'), "random"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "artifacts", "clients"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (token is not null) start.Environment["APPLIANCE_GATEWAY_TOKEN"] = token;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return lines.Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(seen => seen.GetProperty("step").GetString()!);
    }
}
