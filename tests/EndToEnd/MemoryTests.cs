using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using TestKit;

namespace EndToEnd;

/// <summary>What the published binary says of its memory before it loads a model, and what the kernel says of it afterwards.</summary>
public sealed class MemoryTests
{
    private const long MB = 1 << 20;
    private const string Small = "models/tinystories-656k/tinystories-656k-f32.gguf";

    // A model of 26 million weights, large enough that its weights count beside the program.
    private static readonly GgufModel Middle = new()
    {
        Layers = 6,
        HiddenSize = 512,
        Heads = 8,
        FeedForwardSize = 1536,
        VocabularySize = 8000,
        ContextLength = 4096,
        Tied = false,
        Kind = GgufKind.F16,
    };

    [SharedTheory(Small)]
    [InlineData("int4", true)]
    [InlineData("int8", true)]
    [InlineData("none", true)]
    [InlineData("int4", false)]
    [InlineData("int8", false)]
    [InlineData("none", false)]
    public async Task Plan_OfARealModel_IsAboveWhatItTakesAndNotFarAbove(string quantization, bool tiny)
    {
        using var home = new TemporaryFolder();
        var file = Shared.Find(Small.Split('/'))!;
        if (!tiny) Middle.Save(file = home["middle.gguf"]);
        await RunAsync(home.Path, "models", "import", file, "--as", "model", "--quantize", quantization);
        var plan = JsonDocument.Parse((await RunAsync(home.Path, "models", "plan", "model", "--json")).Output).RootElement;

        await using var server = await RunningServer.StartAsync(home.Path);
        // A prompt of two chunks, or as long as the tiny model's context takes, so that every buffer has been used.
        var words = tiny ? 60 : 250;
        var answer = await Ask(server.Client, "model", string.Concat(Enumerable.Repeat("a b ", words)), 8);
        var tokens = answer.GetProperty("prompt_eval_count").GetInt32() + answer.GetProperty("eval_count").GetInt32();
        var estimate = Size("mapped_bytes") + Size("copied_bytes") + Size("program_bytes") + Size("tokenizer_bytes") + Size("step_bytes") + tokens * Size("kv_bytes_per_token");
        var resident = Resident(server.Process);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"figure: {(tiny ? "0.7" : "26")} million weights, {quantization}, {tokens} tokens: {resident / MB} MB in memory, {estimate / MB} MB estimated"));
        Assert.True(resident <= estimate, $"{resident / MB} MB in memory, {estimate / MB} MB estimated");
        Assert.True(estimate <= resident * 1.5 + 48 * MB, $"{resident / MB} MB in memory, {estimate / MB} MB estimated");

        long Size(string name) => plan.GetProperty(name).GetInt64();
    }

    [SharedFact(Small)]
    public async Task Serve_AThousandAnswers_TakesNoMoreMemoryThanAFewHundred()
    {
        using var home = new TemporaryFolder();
        await RunAsync(home.Path, "models", "import", Shared.Find(Small.Split('/'))!, "--as", "model");
        await using var server = await RunningServer.StartAsync(home.Path);
        long early = 0;
        for (var answer = 0; answer < 1000; answer++)
        {
            // Five and twenty beginnings, so that what is kept of them is all there early on.
            await Ask(server.Client, "model", $"Once upon a time {answer % 25}", 16);
            if (answer == 400) early = Resident(server.Process);
        }
        var late = Resident(server.Process);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"figure: 1,000 answers: {early / 1e6:F1} MB resident after 400, {late / 1e6:F1} MB after 1,000"));
        // The collector lets some garbage lie; a leak of a block of keys and values an answer would be 40 MB.
        Assert.InRange(late - early, long.MinValue, 6 * MB);
    }

    [CgroupFact]
    public async Task Serve_WhenItsLimitIsLowered_AnswersOrRefusesAndLives()
    {
        using var home = new TemporaryFolder();
        Middle.Save(home["middle.gguf"]);
        await RunAsync(home.Path, "models", "import", home["middle.gguf"], "--as", "first", "--quantize", "int8");
        await RunAsync(home.Path, "models", "import", home["middle.gguf"], "--as", "second", "--quantize", "int8");

        using var cgroup = new MemoryCgroup(700 * MB);
        await using var server = await RunningServer.StartAsync(home.Path, cgroup.Wrap);
        var (answered, refused) = (0, 0);
        await Load(20);
        Assert.Equal((20, 0), (answered, refused));
        Assert.Equal(2, await LoadedModels(server.Client));

        // Down to where hardly anything is left beside what is in use, in steps, while it serves.
        var lowest = long.MaxValue;
        for (var limit = 600 * MB; limit >= 100 * MB; limit -= limit > 300 * MB ? 100 * MB : 20 * MB)
        {
            // What is in use can be dropped only as far as it is file pages; below that no limit can be set without killing somebody.
            if (limit < cgroup.Private + 24 * MB) break;
            cgroup.SetLimit(lowest = limit);
            await Load(4);
        }
        var duringShortage = (answered, refused);
        Assert.False(server.Process.HasExited);
        Assert.True(lowest < 300 * MB, $"the limit came down to {lowest / MB} MB only");

        // With memory back it is as before.
        cgroup.SetLimit(700 * MB);
        var patience = Stopwatch.StartNew();
        while ((await Post(server.Client, "first", "a b", 2)).StatusCode != HttpStatusCode.OK && patience.Elapsed < TimeSpan.FromSeconds(60)) await Task.Yield();
        refused = 0;
        await Load(4);
        Assert.Equal(0, refused);
        Console.WriteLine($"figure: a cgroup v{(cgroup.IsV2 ? 2 : 1)} limit lowered from 700 to {lowest / MB} MB while serving: {duringShortage.answered} answers, {duringShortage.refused} refusals, not killed");

        async Task Load(int requests)
        {
            for (var i = 0; i < requests; i++)
            {
                var reply = await Post(server.Client, i % 2 == 0 ? "first" : "second", string.Concat(Enumerable.Repeat($"{i} ", 100)), 8);
                var body = await reply.Content.ReadAsStringAsync();
                if (reply.StatusCode == HttpStatusCode.OK) answered++;
                else
                {
                    Assert.True(reply.StatusCode == HttpStatusCode.ServiceUnavailable, body);
                    Assert.Matches("memory|MB", body);
                    refused++;
                }
            }
        }
    }

    private static async Task<int> LoadedModels(HttpClient client) =>
        JsonDocument.Parse(await client.GetStringAsync(new Uri("/api/ps", UriKind.Relative))).RootElement.GetProperty("models").GetArrayLength();

    private static async Task<CommandResult> RunAsync(string home, params string[] arguments)
    {
        var result = await ApplianceBinary.RunAsync(home, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    private static async Task<JsonElement> Ask(HttpClient client, string model, string prompt, int tokens)
    {
        var reply = await Post(client, model, prompt, tokens);
        var body = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }

    private static async Task<HttpResponseMessage> Post(HttpClient client, string model, string prompt, int tokens)
    {
        var body = $$$"""{"model":"{{{model}}}","prompt":"{{{prompt}}}","raw":true,"stream":false,"options":{"num_predict":{{{tokens}}}}}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri("/api/generate", UriKind.Relative), content);
    }

    private static long Resident(Process process)
    {
        var line = File.ReadLines($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
