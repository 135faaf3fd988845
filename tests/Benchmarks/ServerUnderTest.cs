using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Benchmarks;

/// <summary>A server with an OpenAI API over the benchmark's model, ours or llama.cpp's, with two threads.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private readonly bool _isLlama;

    private ServerUnderTest(Process process, Uri address, bool isLlama)
    {
        (_process, _isLlama) = (process, isLlama);
        _client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>Bytes it has resident.</summary>
    public long Resident => File.ReadLines($"/proc/{_process.Id}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => long.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024).Single();

    /// <summary>The published binary, ready to answer.</summary>
    public static async Task<ServerUnderTest> StartApplianceAsync(string home)
    {
        var process = ApplianceBinary.Start(
            home, ["serve", "--port", "0", "--model", "bench"], new Dictionary<string, string> { ["APPLIANCE_THREADS"] = "2" });
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        var server = new ServerUnderTest(process, new Uri(line["listening on ".Length..]), isLlama: false);
        await server.UntilReadyAsync("/readyz");
        return server;
    }

    /// <summary>llama-server with four slots, ready to answer.</summary>
    public static async Task<ServerUnderTest> StartLlamaAsync(string program, string model)
    {
        const int Port = 18_431;
        var process = Process.Start(new ProcessStartInfo(
            program, ["-m", model, "-t", "2", "-tb", "2", "-np", "4", "-c", "24576", "--port", "18431", "--host", "127.0.0.1", "--no-webui"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        // It writes a lot; nobody reads it, but somebody must take it.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ServerUnderTest(process, new Uri($"http://127.0.0.1:{Port}"), isLlama: true);
        await server.UntilReadyAsync("/health");
        return server;
    }

    /// <summary>Milliseconds until a prompt of token ids has so many tokens of answer.</summary>
    public async Task<double> CompleteAsync(int[] prompt, int tokens)
    {
        var clock = Stopwatch.StartNew();
        await PostAsync("/v1/completions", new JsonObject
        {
            ["model"] = "bench",
            ["prompt"] = new JsonArray([.. prompt.Select(token => (JsonNode)token)]),
            ["max_tokens"] = tokens,
            ["temperature"] = 0,
            ["ignore_eos"] = true,
        });
        return clock.Elapsed.TotalMilliseconds;
    }

    /// <summary>Tokens per second of an answer, held to a schema or free; the prompt's time is not counted.</summary>
    public async Task<double> AnswerRateAsync(string text, int tokens, JsonNode? schema)
    {
        await RunAsync(1);
        var one = await RunAsync(1);
        var all = await RunAsync(tokens);
        return (all.Tokens - one.Tokens) / (all.Seconds - one.Seconds);

        async Task<(double Seconds, int Tokens)> RunAsync(int most)
        {
            var body = new JsonObject { ["model"] = "bench", ["temperature"] = 1, ["seed"] = 7, ["ignore_eos"] = schema is null };
            // llama-server parses what it answers to a chat, and fails where the limit cuts JSON off; its own form does not.
            if (_isLlama)
            {
                (body["prompt"], body["n_predict"]) = (text, most);
                if (schema is not null) body["json_schema"] = schema.DeepClone();
            }
            else
            {
                (body["messages"], body["max_tokens"]) = (new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }), most);
                if (schema is not null)
                    body["response_format"] = new JsonObject { ["type"] = "json_schema", ["json_schema"] = new JsonObject { ["name"] = "list", ["schema"] = schema.DeepClone() } };
            }
            var clock = Stopwatch.StartNew();
            var answer = await PostAsync(_isLlama ? "/completion" : "/v1/chat/completions", body);
            return (clock.Elapsed.TotalSeconds, (_isLlama ? answer["tokens_predicted"] : answer["usage"]!["completion_tokens"])!.GetValue<int>());
        }
    }

    /// <summary>Ends it as a service manager would, and waits.</summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        using var answer = await _client.PostAsync(new Uri(path, UriKind.Relative), JsonContent.Create(body));
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException(text);
    }

    private async Task UntilReadyAsync(string path)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                if ((await _client.GetAsync(new Uri(path, UriKind.Relative))).IsSuccessStatusCode) return;
            }
            catch (HttpRequestException) when (tries < 1200 && !_process.HasExited) { }
            await Task.Delay(50);
        }
    }
}
