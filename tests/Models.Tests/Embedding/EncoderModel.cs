using Models.Embedding;
using Models.Generation;
using Models.Import;
using Models.Store;
using TestKit;

namespace Models.Tests.Embedding;

/// <summary>A home with one encoder installed, and the door to it.</summary>
internal sealed class EncoderModel : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public EncoderModel(BertModel model, string name = "tiny")
    {
        Model = model;
        model.Save(_home["source"]);
        Store = new ModelStore(_home.Path);
        Installed = Store.Import(_home["source"], name, new ImportOptions()).Model;
        Models = new ModelHost(Store, new EngineOptions { Threads = 2 });
    }

    public BertModel Model { get; }

    public ModelStore Store { get; }

    public InstalledModel Installed { get; }

    public ModelHost Models { get; }

    public EncoderHost Host => Models.Encoders;

    /// <summary>The embedder, on text alone.</summary>
    public async Task<float[][]> EmbedAsync(params string[] texts)
    {
        var embedder = await Host.GetEmbedderAsync(null);
        return [.. (await embedder.GenerateAsync(texts)).Select(embedding => embedding.Vector.ToArray())];
    }

    public void Dispose()
    {
        Models.Dispose();
        _home.Dispose();
    }
}
