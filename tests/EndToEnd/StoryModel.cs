using TestKit;

namespace EndToEnd;

/// <summary>
/// A home with the real tiny model tinystories-656k installed as <c>story</c>, and an encoder with random weights as <c>tiny-bert</c>; one
/// for all tests that only read it.
/// </summary>
public sealed class StoryModel : IAsyncLifetime
{
    /// <summary>What these tests need below ../shared.</summary>
    public const string Reference = "models/tinystories-656k/tinystories-656k-f32.gguf";

    private readonly TemporaryFolder _home = new();

    /// <summary>The home folder.</summary>
    public string Home => _home.Path;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Shared.Find(Reference.Split('/')) is not { } model) return;
        var import = await ApplianceBinary.RunAsync(Home, "models", "import", model, "--as", "story", "--quantize", "none");
        Assert.True(import.ExitCode == 0, import.Error);
        using var encoder = new TemporaryFolder();
        new BertModel().Save(encoder["tiny-bert"]);
        import = await ApplianceBinary.RunAsync(Home, "models", "import", encoder["tiny-bert"]);
        Assert.True(import.ExitCode == 0, import.Error);
        Assert.StartsWith("installed tiny-bert: embedding, bert,", import.Output, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }
}
