using Models.Budget;
using Models.Generation;
using Models.Import;
using Models.Store;
using TestKit;

namespace Models.Tests.Generation;

/// <summary>What a real model gives up when the memory governor asks.</summary>
public sealed class MemoryUserTests : IDisposable
{
    private static readonly int[] Prompt = [.. Enumerable.Range(3, 200)];

    private readonly TemporaryFolder _home = new();
    private readonly LocalLanguageModel _model;

    public MemoryUserTests()
    {
        new GgufModel().Save(_home["model.gguf"]);
        var installed = new ModelStore(_home.Path).Import(_home["model.gguf"], "model", new ImportOptions()).Model;
        _model = new LocalLanguageModel("model", installed.Folder, new EngineOptions { Threads = 1 });
    }

    public void Dispose()
    {
        _model.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task ShedRetained_FreesWhatThePromptLeft_AndTheAnswerStaysTheSame()
    {
        Assert.Equal(0, _model.RetainedBytes);
        var first = await Answer(Prompt);
        // 2 layers × 2 heads × 16 dimensions × 2 × 4 bytes for every token but the last one made, in whole blocks of 32.
        Assert.Equal((200 + 8 - 1 + 31) / 32 * 32 * 512, _model.RetainedBytes);
        _model.ShedRetained(long.MaxValue);
        Assert.Equal((0, 0), (_model.RetainedBytes, _model.KvBytes));
        Assert.Equal(first, await Answer(Prompt));
    }

    [Fact]
    public async Task LimitContext_RefusesForNowWhatTheModelCouldHold()
    {
        _model.LimitContext(100);
        var error = await Assert.ThrowsAsync<MemoryException>(() => Answer(Prompt));
        Assert.StartsWith("The prompt has 200 tokens; model takes 100 with the answer while memory is short.", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, (await Answer(Prompt[..95])).Count);
        _model.LimitContext(int.MaxValue);
        Assert.Equal(8, (await Answer(Prompt)).Count);
    }

    private async Task<List<int>> Answer(int[] prompt)
    {
        var tokens = new List<int>();
        await foreach (var step in _model.GenerateAsync(prompt, new GenerationOptions { MaxTokens = 8, IgnoreEndOfAnswer = true }))
            if (step.Token is { } token) tokens.Add(token);
        return tokens;
    }
}
