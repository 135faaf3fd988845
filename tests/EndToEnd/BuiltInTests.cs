using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>The first minute of a box that nobody has set up: the program alone, a home that is empty.</summary>
public sealed class BuiltInTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> On = new() { ["APPLIANCE_BUILTIN"] = "1" };

    [BuiltInFact]
    public async Task Appliance_Alone_AnswersLineByLine()
    {
        using var home = new TemporaryFolder();
        for (var i = 0; i < 2; i++)
        {
            var clock = Stopwatch.StartNew();
            var result = await ApplianceBinary.RunWithAsync(home.Path, On, "hello\nthank you\n");
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.Equal(2, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            output.WriteLine(FormattableString.Invariant($"figure: appliance on {(i == 0 ? "an empty home" : "its home again")}: two answers and the end after {clock.ElapsedMilliseconds} ms (goal for the first answer 1500)"));
        }
        Assert.Equal("builtin\n", (await ApplianceBinary.RunWithAsync(home.Path, On, "", "models", "list", "--quiet")).Output);
        Assert.Contains("part of the program", (await ApplianceBinary.RunWithAsync(home.Path, On, "", "models", "remove", "builtin")).Error, StringComparison.Ordinal);
        Assert.Equal("builtin: ok\n", (await ApplianceBinary.RunWithAsync(home.Path, On, "", "models", "verify")).Output);
    }

    [BuiltInFact]
    public async Task Serve_WithTheBuiltInModel_CostsNothingUntilItIsUsed()
    {
        using var home = new TemporaryFolder();
        await using var server = await RunningServer.StartAsync(home.Path, (program, arguments) => ("/usr/bin/env", ["APPLIANCE_BUILTIN=1", program, .. arguments]));
        var models = await server.Client.GetFromJsonAsync<JsonElement>(new Uri("/v1/models", UriKind.Relative));
        Assert.Contains("builtin", models.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
        output.WriteLine(FormattableString.Invariant($"figure: serve with the built-in model, not used: {Resident(server.Process):F1} MB resident (goal 30)"));
        using var answer = await server.Client.PostAsJsonAsync(new Uri("/v1/chat/completions", UriKind.Relative), new { model = "builtin", messages = new[] { new { role = "user", content = "hello" } } });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        output.WriteLine(FormattableString.Invariant($"figure: serve with the built-in model, used: {Resident(server.Process):F1} MB resident (goal 120)"));
        // A small model's share of what the program and ONNX Runtime take anyway.
        Assert.InRange(Resident(server.Process), 1, 160);
    }

    [BuiltInFact]
    public async Task Agent_AskedForATimer_CallsTheToolAndTheJobIsThere()
    {
        using var home = new TemporaryFolder();
        // Reflexes know this sentence too; the model shall call.
        await File.WriteAllTextAsync(home["appliance.json"], """{"reflexes":{"enabled":false}}""");
        await using var server = await RunningServer.StartAsync(home.Path, (program, arguments) => ("/usr/bin/env", ["APPLIANCE_BUILTIN=1", program, .. arguments]));
        var said = await ApplianceBinary.RunWithAsync(home.Path, On, "", "agent", "-m", "set a timer for 5 minutes");
        Assert.True(said.ExitCode == 0, said.Error);
        Assert.Contains("timer", said.Output, StringComparison.OrdinalIgnoreCase);

        var listed = await ApplianceBinary.RunWithAsync(home.Path, On, "", "cron", "list", "--json");
        Assert.True(listed.ExitCode == 0, listed.Error);
        var job = Assert.Single(JsonDocument.Parse(listed.Output).RootElement.GetProperty("jobs").EnumerateArray());
        Assert.Equal("timer", job.GetProperty("payload").GetProperty("message").GetString());
        Assert.Equal("at", job.GetProperty("schedule").GetProperty("kind").GetString());
    }

    [BuiltInFact]
    public async Task Bench_OfTheBuiltInModel_IsQuick()
    {
        using var home = new TemporaryFolder();
        var run = await ApplianceBinary.RunWithAsync(home.Path, On, "", "bench", "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        output.WriteLine($"figure: built-in model: {string.Join(", ", run.Output.ReplaceLineEndings(" ").Split(',').Where(part => part.Contains("decode", StringComparison.Ordinal) || part.Contains("prefill", StringComparison.Ordinal)).Take(4))}");
    }

    [BuiltInFact]
    public async Task Recommend_OnThisMachine_NamesModelsThatFit()
    {
        using var home = new TemporaryFolder();
        var result = await ApplianceBinary.RunWithAsync(home.Path, On, "", "models", "recommend", "--json", "--memory", "4GB");
        Assert.True(result.ExitCode == 0, result.Error);
        var all = JsonDocument.Parse(result.Output).RootElement.EnumerateArray().ToList();
        Assert.Contains(all, advice => advice.GetProperty("name").GetString() == "qwen2.5-0.5b" && advice.GetProperty("fits").GetBoolean());
        Assert.All(all, advice => Assert.True(advice.GetProperty("tokens_per_second").GetDouble() > 0));
    }

    private static double Resident(Process process)
    {
        process.Refresh();
        return process.WorkingSet64 / 1e6;
    }
}
