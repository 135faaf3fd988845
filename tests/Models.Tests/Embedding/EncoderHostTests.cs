using Models.Budget;
using Models.Embedding;
using Models.Generation;
using Models.Import;
using Models.Store;
using Models.Tests.Generation;
using TestKit;

namespace Models.Tests.Embedding;

/// <summary>Encoders among the models of a host: real graphs in the real ONNX Runtime, beside decoders that only wait.</summary>
public sealed class EncoderHostTests : IDisposable
{
    private const long MB = 1 << 20;

    private readonly TemporaryFolder _home = new();
    private readonly ManualTime _time = new();
    private readonly ModelStore _store;
    private readonly ModelHost _host;
    private readonly List<FakeModel> _decoders = [];

    public EncoderHostTests()
    {
        _store = new ModelStore(_home.Path);
        new BertModel().Save(_home["source"]);
        _store.Import(_home["source"], "encoder", new ImportOptions());
        new GgufModel().Save(_home["decoder.gguf"]);
        _store.Import(_home["decoder.gguf"], "decoder", new ImportOptions());
        // There is room for one model.
        _host = new ModelHost(_store, new EngineOptions { Threads = 1 }, TimeSpan.FromMinutes(10),
            () => MemorySnapshot.Of(_host!.Loaded.Count == 0 ? 8000 * MB : 64 * MB), _time, (model, plan, _) =>
            {
                _decoders.Add(new FakeModel(model.Manifest.Name));
                return _decoders[^1];
            });
    }

    public void Dispose()
    {
        _host.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task Encoder_IsAmongTheLoadedAndGoesAfterItsTime()
    {
        var embedder = await _host.Encoders.GetEmbedderAsync("encoder");
        _time.Advance(TimeSpan.FromMinutes(9));
        var first = await embedder.GenerateAsync(["the dog"]);
        var loaded = Assert.Single(_host.Loaded);
        Assert.Equal(("encoder", _time.GetUtcNow() + TimeSpan.FromMinutes(10)), (loaded.Name, loaded.ExpiresAt));
        Assert.Equal(ModelFootprint.Of(_store.Get("encoder")).At(40), loaded.Bytes);
        Assert.Equal(loaded.Bytes, Assert.Single(_host.Tenants).Plan.Total);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(_host.Loaded);

        Assert.Equal(first[0].Vector.ToArray(), (await embedder.GenerateAsync(["the dog"]))[0].Vector.ToArray());
        Assert.True(_host.UnloadIdle());
        Assert.Empty(_host.Loaded);
    }

    [Fact]
    public async Task Load_WithoutRoom_UnloadsTheIdleModelOfEitherKind()
    {
        var embedder = await _host.Encoders.GetEmbedderAsync("encoder");
        await _host.LoadAsync("decoder");
        Assert.Equal("decoder", Assert.Single(_host.Loaded).Name);
        await embedder.GenerateAsync(["the dog"]);
        Assert.Equal("encoder", Assert.Single(_host.Loaded).Name);
        Assert.True(_decoders[0].IsDisposed);
    }

    [Fact]
    public async Task Load_WithoutRoom_AsksForRetainedPrefixesBeforeModels()
    {
        var room = 8000 * MB;
        using var host = new ModelHost(_store, new EngineOptions { Threads = 1 }, null, () => MemorySnapshot.Of(room), _time,
            (model, plan, _) => new FakeModel(model.Manifest.Name) { RetainedBytes = 300 * MB, OnShed = () => room += 300 * MB });
        await host.LoadAsync("decoder");
        room = 64 * MB;
        await host.Encoders.GetEmbedderAsync("encoder");
        Assert.Equal(["decoder", "encoder"], host.Loaded.Select(l => l.Name).Order());
    }

    [Fact]
    public async Task Load_WithoutRoom_WhileTheOtherGenerates_RefusesWithAdviceForEncoders()
    {
        var decoder = await _host.LoadAsync("decoder");
        var answering = Task.Run(async () =>
        {
            await foreach (var step in decoder.GenerateAsync(new[] { 1 }, new GenerationOptions())) Assert.NotNull(step);
        });
        await _decoders[0].Started;
        var error = await Assert.ThrowsAsync<MemoryException>(() => _host.Encoders.GetEmbedderAsync("encoder"));
        Assert.Matches("^encoder needs [0-9]+ MB of memory with 40 tokens, and .* Free [0-9]+ MB, or install a smaller model\\.$", error.Message);
        Assert.DoesNotContain("int4", error.Message, StringComparison.Ordinal);
        _decoders[0].Finish();
        await answering;
    }

    [Fact]
    public async Task Get_AfterANewInstallUnderTheSameName_IsTheNewOne()
    {
        var embedder = await _host.Encoders.GetEmbedderAsync("encoder");
        var old = await embedder.GenerateAsync(["the dog"]);
        Install(new BertModel { Seed = 2 });
        var made = await (await _host.Encoders.GetEmbedderAsync("encoder")).GenerateAsync(["the dog"]);
        Assert.NotEqual(old[0].Vector.ToArray(), made[0].Vector.ToArray());
        Assert.Equal(made[0].Vector.ToArray(), (await embedder.GenerateAsync(["the dog"]))[0].Vector.ToArray());
        Assert.Single(_host.Loaded);

        Install(new BertModel { Reranker = true });
        await Assert.ThrowsAsync<EmbeddingException>(() => embedder.GenerateAsync(["the dog"]));
        await Assert.ThrowsAsync<GenerationException>(() => _host.LoadAsync("encoder"));
    }

    private void Install(BertModel model)
    {
        Directory.Delete(_home["source"], recursive: true);
        model.Save(_home["source"]);
        _store.Import(_home["source"], "encoder", new ImportOptions());
    }
}
