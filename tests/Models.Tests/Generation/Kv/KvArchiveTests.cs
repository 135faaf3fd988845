using Models.Generation;
using Models.Generation.Kv;
using TestKit;

namespace Models.Tests.Generation.Kv;

/// <summary>A model that is loaded again goes on where it was, with real weights.</summary>
public sealed class KvArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _home = new();
    private readonly List<string> _notices = [];

    public void Dispose()
    {
        _folder.Dispose();
        _home.Dispose();
    }

    [SharedFact("models/golden")]
    public async Task Load_AfterARestart_ComputesNothingTwice()
    {
        GoldenModels.Import(_folder, "stories260K");
        var (prompt, tokens) = GoldenModels.Cases("stories260K").First();
        int[] text = [.. prompt, .. tokens[..100]];
        using (var model = Load()) Assert.Equal(0, await Generate(model, text, tokens[100..120]));
        using (var model = Load()) Assert.Equal(text.Length - 1, await Generate(model, text, tokens[100..120]));
        Assert.Empty(_notices);
    }

    [SharedFact("models/golden")]
    public async Task Load_AnotherModelOrADamagedFile_IsToldOnceAndStartsAnew()
    {
        GoldenModels.Import(_folder, "stories260K");
        var (prompt, tokens) = GoldenModels.Cases("stories260K").First();
        using (var model = Load()) await Generate(model, prompt, tokens[..20]);
        using (var model = Load("another")) Assert.Equal(0, await Generate(model, prompt, tokens[..20]));
        Assert.Contains("another model", Assert.Single(_notices));
        File.WriteAllBytes(_home["kv"], File.ReadAllBytes(_home["kv"])[..5000]);
        using (var model = Load("another")) Assert.Equal(0, await Generate(model, prompt, tokens[..20]));
        Assert.Equal(2, _notices.Count);
    }

    [SharedFact("models/golden")]
    public async Task Dispose_FolderCannotBeWritten_IsToldAndNothingElseHappens()
    {
        GoldenModels.Import(_folder, "stories260K");
        var (prompt, tokens) = GoldenModels.Cases("stories260K").First();
        File.WriteAllText(_home["in-the-way"], "");
        using (var model = new LocalLanguageModel("m", _folder.Path, new EngineOptions(), Options("m") with { Path = Path.Combine(_home["in-the-way"], "kv") }))
            await Generate(model, prompt, tokens[..20]);
        Assert.Contains("could not be saved", Assert.Single(_notices));
    }

    private LocalLanguageModel Load(string identity = "one") => new("m", _folder.Path, new EngineOptions { Drafts = false }, Options(identity));

    private KvArchiveOptions Options(string identity) => new() { Path = _home["kv"], Model = identity, Notice = _notices.Add };

    // Generates what is expected; returns how much of the prompt was there already.
    private static async Task<int> Generate(LocalLanguageModel model, int[] prompt, int[] expected)
    {
        var tokens = new List<int>();
        var reused = 0;
        await foreach (var step in model.GenerateAsync(prompt, new() { MaxTokens = 20, IgnoreEndOfAnswer = true }))
        {
            if (step.Token is { } token) tokens.Add(token);
            reused = step.Timings?.ReusedTokens ?? 0;
        }
        Assert.Equal(expected, tokens);
        return reused;
    }
}
