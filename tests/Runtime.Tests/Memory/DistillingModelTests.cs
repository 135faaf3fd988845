using Models.Generation;
using Models.Import;
using Runtime.Memory.Distilling;
using TestKit;
using Xunit.Abstractions;

namespace Runtime.Tests.Memory;

/// <summary>Nights with a real model of 656 thousand weights, which tells stories whatever it is asked.</summary>
public sealed class DistillingModelTests(ITestOutputHelper output) : IDisposable
{
    private const string Model = "models/tinystories-656k/tinystories-656k-f32.gguf";

    private readonly MemoryBench _bench = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _bench.Dispose();
        _folder.Dispose();
    }

    [SharedFact(Model)]
    public async Task Distill_ByAModelThatTalksRubbish_LosesNothingAndMakesNothingUp()
    {
        ModelImporter.Import(Shared.Find(Model.Split('/'))!, _folder["model"], new ImportOptions { Quantization = Quantization.None }, CancellationToken.None);
        using var model = new LocalLanguageModel("story", _folder["model"], new EngineOptions { Threads = 1 });
        using var client = new LocalChatClient(model);
        string[] facts = ["Anna's birthday is the third of May", "the boiler is serviced by Mr Huber", "the cat eats at seven", "the door code is 4711", "Clara moves to Graz in June"];
        var files = facts.Select((fact, i) => _bench.Put($"memory/2025-12-{27 + i}.md", $"# 2025-12-{27 + i}\n\n- 10:00 {fact}\n")).ToList();
        var before = files.ConvertAll(File.ReadAllText);

        var done = await new MemoryDistiller(_bench.Memory, _bench.Time).DistillAsync(null, null, client, long.MaxValue, default);

        Assert.Equal(5, done.Days);
        Assert.True(done.Tokens > 100);
        // The notes stand as they stood, and what was kept of them has its day and is theirs.
        Assert.Equal(before, files.ConvertAll(File.ReadAllText));
        var lines = _bench.Get("MEMORY.md").Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)).ToList();
        var expected = facts.Select((fact, i) => (Day: $"<!-- distilled from 2025-12-{27 + i} -->", Fact: fact));
        Assert.Equal(expected, lines.Select(line => (line[line.IndexOf("<!--", StringComparison.Ordinal)..], facts.SingleOrDefault(fact => line.Contains(fact, StringComparison.OrdinalIgnoreCase)) ?? line)));
        foreach (var fact in facts) Assert.Contains((await _bench.Memory.SearchAsync(fact, 10, null)), hit => hit.Text.Contains(fact, StringComparison.OrdinalIgnoreCase));
        output.WriteLine($"figure: five days of notes distilled by a model of 0.66 million weights: {lines.Count} of {facts.Length} facts kept with their days, {lines.Count(line => !facts.Any(fact => line.Contains(fact, StringComparison.OrdinalIgnoreCase)))} made up, {done.Tokens} tokens");
    }
}
