using TestKit;

namespace EndToEnd;

/// <summary>A home with a model of random weights, installed as <c>random</c>, whose chat template knows tools: what it says is noise, and a call that is asked of it valid.</summary>
public sealed class ToolModel : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();

    /// <summary>The home folder.</summary>
    public string Home => _home.Path;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        new GgufModel { Architecture = "qwen2", ContextLength = 2048, Seed = 9, Kind = GgufKind.Q4_0 }.Save(_home["random.gguf"]);
        var import = await ApplianceBinary.RunAsync(Home, "models", "import", _home["random.gguf"], "--as", "random");
        Assert.True(import.ExitCode == 0, import.Error);
        var folder = Path.GetDirectoryName(Directory.EnumerateFiles(_home["models"], "model.onnx", SearchOption.AllDirectories).Single())!;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "chat_template.jinja"), "{% for m in messages %}{{ m.content }}{% endfor %}{% if tools %}<tool_call>{{ tools | tojson }}</tool_call>{% endif %}");
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }
}
