using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary><c>appliance serve</c>: the published binary on real sockets, with the official clients.</summary>
public sealed class ServeTests(StoryModel story, ITestOutputHelper output) : IClassFixture<StoryModel>
{
    [Fact]
    public async Task Serve_WithAnEmptyStore_IsReadyAtOnce_IsSmall_AndSaysHowToGetAModel()
    {
        using var home = new TemporaryFolder();
        var times = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            var clock = Stopwatch.StartNew();
            await using var server = await RunningServer.StartAsync(home.Path);
            Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode);
            times.Add(clock.Elapsed.TotalMilliseconds);
            if (i > 0) continue;
            Assert.Contains("gateway token, shown this once", await server.Process.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            Assert.Contains("models pull", await server.Process.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            output.WriteLine(FormattableString.Invariant($"figure: serve without a model: {Resident(server.Process):F1} MB resident (goal 30)"));
        }
        output.WriteLine(FormattableString.Invariant($"figure: serve without a model: {times.Order().ElementAt(5):F0} ms from start to /readyz answered (median of 10; goal 150)"));
    }

    [Fact]
    public async Task Serve_WhoseModelsCannotBeRead_SaysWhyInASentence_AndAnswers503()
    {
        using var home = new TemporaryFolder();
        // Nobody can read a link to itself, root included.
        File.CreateSymbolicLink(home["models"], home["models"]);
        await using var server = await RunningServer.StartAsync(home.Path);
        Assert.Contains("not ready: The folder of the models cannot be read", await server.Process.StandardError.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode);
        using var ready = await server.Client.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("cannot be read", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var gate = await ApplianceBinary.RunAsync(home.Path, "update", "health", "--within", "1");
        Assert.Equal(1, gate.ExitCode);
        Assert.Contains("the gateway says 503 to /readyz", gate.Output + gate.Error, StringComparison.Ordinal);
    }

    [SharedFact(StoryModel.Reference)]
    public async Task OpenAiClient_Unchanged_SeesWhatItShould()
    {
        await using var server = await RunningServer.StartAsync(story.Home);
        var seen = await RunClient("openai.mjs", server);
        Assert.Equal(["story", "tiny-bert", "hash-1024"], seen["models"].GetProperty("ids").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(Text(seen, "chat"), Text(seen, "chat-stream"));
        Assert.Equal(Text(seen, "chat"), Text(seen, "chat-accumulated"));
        Assert.Equal(24, seen["chat"].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal("length", seen["chat"].GetProperty("finish_reason").GetString());
        Assert.StartsWith(", a little girl named Lily", Text(seen, "completion"), StringComparison.Ordinal);
        Assert.Equal(Text(seen, "completion"), Text(seen, "completion-stream"));
        Assert.Equal(404, seen["unknown-model"].GetProperty("status").GetInt32());
        Assert.Equal("model_not_found", seen["unknown-model"].GetProperty("code").GetString());
        Assert.Equal(("hash-1024", 1024), (seen["embeddings"].GetProperty("name").GetString(), seen["embeddings"].GetProperty("length").GetInt32()));
        Assert.True(seen["embeddings"].GetProperty("same").GetBoolean());
        Assert.True(seen["embeddings"].GetProperty("near").GetDouble() > seen["embeddings"].GetProperty("far").GetDouble() + 0.1);
        Assert.Equal(64, seen["embeddings-short"].GetProperty("length").GetInt32());
        foreach (var step in (string[])["embeddings-of-a-decoder", "chat-with-an-embedder"])
            Assert.Equal((400, "model"), (seen[step].GetProperty("status").GetInt32(), seen[step].GetProperty("param").GetString()));
        Assert.Equal(400, seen["negative-max-tokens"].GetProperty("status").GetInt32());
        Assert.Equal("max_tokens", seen["negative-max-tokens"].GetProperty("param").GetString());
        Assert.True(seen["after-abort"].GetProperty("same").GetBoolean());
    }

    [SharedFact(StoryModel.Reference)]
    public async Task OllamaClient_Unchanged_SeesWhatItShould()
    {
        await using var server = await RunningServer.StartAsync(story.Home);
        var seen = await RunClient("ollama.mjs", server);
        Assert.StartsWith("story", seen["tags"].GetProperty("models")[0].GetProperty("name").GetString(), StringComparison.Ordinal);
        Assert.Equal(Text(seen, "chat"), Text(seen, "chat-stream"));
        Assert.Equal(Text(seen, "generate"), Text(seen, "generate-stream"));
        Assert.True(seen["chat"].GetProperty("done").GetBoolean());
        Assert.True(seen["chat"].GetProperty("eval_duration").GetInt64() > 0);
        Assert.Equal(("tiny-bert", 2, 32), (seen["embed"].GetProperty("name").GetString(), seen["embed"].GetProperty("count").GetInt32(), seen["embed"].GetProperty("length").GetInt32()));
        Assert.True(seen["embed"].GetProperty("total_duration").GetInt64() > 0);
        Assert.All(Vector(seen["embed"]).Zip(Vector(seen["embeddings"])), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal("embedding", seen["show-embedder"].GetProperty("capabilities")[0].GetString());
        Assert.True(seen["after-abort"].GetProperty("same").GetBoolean());
    }

    [Fact]
    public async Task Serve_RequiredToolCall_OfAModelWithRandomWeights_IsValid()
    {
        using var home = new TemporaryFolder();
        new GgufModel { Architecture = "qwen2", ContextLength = 2048, Seed = 9, Kind = GgufKind.Q4_0 }.Save(home["random.gguf"]);
        var import = await ApplianceBinary.RunAsync(home.Path, "models", "import", home["random.gguf"], "--as", "random");
        Assert.True(import.ExitCode == 0, import.Error);
        var folder = Path.GetDirectoryName(Directory.EnumerateFiles(home["models"], "model.onnx", SearchOption.AllDirectories).Single())!;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "chat_template.jinja"), "{% for m in messages %}{{ m.content }}{% endfor %}{% if tools %}<tool_call>{{ tools | tojson }}</tool_call>{% endif %}");
        await using var server = await RunningServer.StartAsync(home.Path);
        for (var seed = 0; seed < 5; seed++)
        {
            using var content = new StringContent("""
                {"model":"random","temperature":1,"seed":SEED,"max_tokens":400,"messages":[{"role":"user","content":"light!"}],"tool_choice":"required","parallel_tool_calls":false,
                 "tools":[{"type":"function","function":{"name":"set_light","parameters":{"type":"object","properties":{"on":{"type":"boolean"},"level":{"type":"integer","minimum":0,"maximum":100}},"required":["on","level"]}}}]}
                """.Replace("SEED", seed.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), Encoding.UTF8, "application/json");
            var answer = await server.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content);
            var body = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, body);
            var choice = JsonDocument.Parse(body).RootElement.GetProperty("choices")[0];
            Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
            var function = choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function");
            Assert.Equal("set_light", function.GetProperty("name").GetString());
            var arguments = JsonDocument.Parse(function.GetProperty("arguments").GetString()!).RootElement;
            Assert.Contains(arguments.GetProperty("on").ValueKind, (JsonValueKind[])[JsonValueKind.True, JsonValueKind.False]);
            Assert.InRange(arguments.GetProperty("level").GetInt32(), 0, 100);
        }
    }

    [Fact]
    public async Task Serve_OnAPortInUse_SaysSoAndExits1()
    {
        using var home = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var result = await ApplianceBinary.RunAsync(home.Path, "serve", "--port", port);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error:", result.Error, StringComparison.Ordinal);
        Assert.Contains(port, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_BeyondLoopbackWithoutASecret_RefusesToStart()
    {
        using var home = new TemporaryFolder();
        var result = await ApplianceBinary.RunAsync(home.Path, "serve", "--bind", "0.0.0.0", "--port", "0");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("APPLIANCE_GATEWAY_TOKEN", result.Error, StringComparison.Ordinal);
    }

    [SharedTheory(StoryModel.Reference)]
    [InlineData("/v1/chat/completions", "{\"model\":", HttpStatusCode.BadRequest)]
    [InlineData("/v1/chat/completions", "{\"model\":\"nothere\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", HttpStatusCode.NotFound)]
    [InlineData("/v1/completions", "{\"model\":\"story\",\"prompt\":\"x\",\"max_tokens\":-1}", HttpStatusCode.BadRequest)]
    [InlineData("/api/generate", "{\"model\":\"nothere\",\"prompt\":\"x\"}", HttpStatusCode.NotFound)]
    public async Task Serve_BadRequests_GetTheRightStatusAndAMessage(string path, string body, HttpStatusCode status)
    {
        await using var server = await RunningServer.StartAsync(story.Home);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content);
        Assert.Equal(status, answer.StatusCode);
        Assert.True(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.TryGetProperty("error", out _));
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Serve_AfterARestart_ComputesNothingOfThePromptAgain()
    {
        using var home = new TemporaryFolder();
        var import = await ApplianceBinary.RunAsync(home.Path, "models", "import", Shared.Find("models", "tinystories-656k", "tinystories-656k-f32.gguf")!, "--as", "story");
        Assert.True(import.ExitCode == 0, import.Error);
        Assert.Equal((0, 10), await CompleteAsync());
        // All but the last, whose logits begin the answer.
        Assert.Equal((9, 10), await CompleteAsync());
        Assert.Contains("kept warm", (await ApplianceBinary.RunAsync(home.Path, "status")).Output, StringComparison.Ordinal);

        async Task<(int Cached, int Prompt)> CompleteAsync()
        {
            await using var server = await RunningServer.StartAsync(home.Path);
            using var content = new StringContent("""{"model":"story","prompt":"Once upon a time, there was a little girl named","max_tokens":4}""", Encoding.UTF8, "application/json");
            var answer = await server.Client.PostAsync(new Uri("/v1/completions", UriKind.Relative), content);
            var usage = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("usage");
            await TerminateAsync(server);
            return (usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32(), usage.GetProperty("prompt_tokens").GetInt32());
        }
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Serve_Terminated_EndsCleanly()
    {
        await using var server = await RunningServer.StartAsync(story.Home);
        await TerminateAsync(server);
        Assert.Equal(0, server.Process.ExitCode);
    }

    private static async Task TerminateAsync(RunningServer server)
    {
        using var kill = Process.Start("kill", ["-TERM", server.Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await server.Process.WaitForExitAsync();
    }

    private static IEnumerable<double> Vector(JsonElement seen) => seen.GetProperty("vector").EnumerateArray().Select(v => v.GetDouble());

    private static string Text(Dictionary<string, JsonElement> seen, string step) => seen[step].GetProperty("text").GetString()!;

    private static double Resident(Process process)
    {
        var line = File.ReadLines($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    // build.sh installs the clients beside the scripts before the tests run.
    private static async Task<Dictionary<string, JsonElement>> RunClient(string script, RunningServer server)
    {
        var start = new ProcessStartInfo("node", [script, server.Client.BaseAddress!.ToString().TrimEnd('/'), "story"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "artifacts", "clients"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return lines.Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(seen => seen.GetProperty("step").GetString()!);
    }
}
