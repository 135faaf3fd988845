using System.Text.Json.Nodes;

namespace Benchmarks;

/// <summary>
/// <c>./build.sh bench --serving</c>: what a client of the server meets. With LLAMA_SERVER the same requests go to llama.cpp's server over
/// the same file, round by round.
/// </summary>
internal static class Serving
{
    private static readonly string[] Rows =
    [
        "first token, 512 cached + 32 new, ms", "first token, 4,096 new, ms", "worst first token of 4, 512 shared + 32 new, ms",
        "four streams of 128, tokens/s in all", "free answer, tokens/s", "answer held to a schema, tokens/s", "resident after load, MB",
    ];

    private static readonly JsonNode Schema = JsonNode.Parse("""
        {"type":"array","minItems":60,"maxItems":60,"items":{"type":"object","required":["name","count","open"],"additionalProperties":false,
         "properties":{"name":{"type":"string","maxLength":12},"count":{"type":"integer","minimum":0,"maximum":9999},"open":{"type":"boolean"}}}}
        """)!;

    public static async Task RunAsync(string home, string gguf, int rounds)
    {
        var llama = Environment.GetEnvironmentVariable("LLAMA_SERVER");
        List<double[]> ours = [], theirs = [];
        for (var round = 0; round < rounds; round++)
        {
            if (Path.Combine(home, "cache", "kv") is var warm && Directory.Exists(warm)) Directory.Delete(warm, recursive: true);
            ours.Add(await MeasureAsync(() => ServerUnderTest.StartApplianceAsync(home), round));
            if (!string.IsNullOrEmpty(llama)) theirs.Add(await MeasureAsync(() => ServerUnderTest.StartLlamaAsync(llama, gguf), round));
            Console.Error.WriteLine($"round {round + 1} of {rounds}");
        }
        for (var row = 0; row < Rows.Length; row++)
        {
            var line = FormattableString.Invariant($"{Rows[row],-50} {Median(ours.Select(m => m[row])),9:F1}");
            if (theirs.Count > 0)
            {
                var ratio = Median(ours.Zip(theirs, (a, b) => a[row] / b[row]));
                line += FormattableString.Invariant($"   llama-server {Median(theirs.Select(m => m[row])),9:F1}   ratio {ratio:F2}");
            }
            Console.WriteLine(line);
        }
        await RestartAsync(home);
    }

    private static async Task<double[]> MeasureAsync(Func<Task<ServerUnderTest>> start, int round)
    {
        var random = new Random(round + 1);
        await using var server = await start();
        await server.CompleteAsync(Tokens(16), 4);
        var resident = server.Resident / 1e6;

        var known = Tokens(512);
        await server.CompleteAsync(known, 1);
        var second = await server.CompleteAsync([.. known, .. Tokens(32)], 1);
        var four = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.CompleteAsync([.. known, .. Tokens(32)], 1)))).Max();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.CompleteAsync(Tokens(16), 128)));
        var streams = 4 * 128 / clock.Elapsed.TotalSeconds;
        var longPrompt = await server.CompleteAsync(Tokens(4096), 1);
        var free = await server.AnswerRateAsync("List what you know.", 192, null);
        var held = await server.AnswerRateAsync("List what you know.", 192, Schema);
        return [second, longPrompt, four, streams, free, held, resident];

        // Tokens that every vocabulary has.
        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(10, 250))];
    }

    // Ours alone: nobody else keeps what was computed across a restart.
    private static async Task RestartAsync(string home)
    {
        List<double> warm = [], cold = [], restored = [];
        for (var round = 0; round < 5; round++)
        {
            var random = new Random(100 + round);
            int[] known = [.. Enumerable.Range(0, 512).Select(_ => random.Next(10, 250))];
            await using (var server = await ServerUnderTest.StartApplianceAsync(home))
            {
                cold.Add(await server.CompleteAsync([.. known, 20], 1));
                warm.Add(await server.CompleteAsync([.. known, 30], 1));
                await server.StopAsync();
            }
            await using (var server = await ServerUnderTest.StartApplianceAsync(home)) restored.Add(await server.CompleteAsync([.. known, 40], 1));
        }
        Console.WriteLine(FormattableString.Invariant(
            $"first token of 512 known tokens + 1: cold {Median(cold):F1} ms, warm {Median(warm):F1} ms, after a restart {Median(restored):F1} ms (ratio to warm {Median(restored) / Median(warm):F2})"));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
