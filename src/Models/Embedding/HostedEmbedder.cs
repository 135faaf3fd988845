using Microsoft.Extensions.AI;
using Models.Store;

namespace Models.Embedding;

/// <summary>
/// An embedding model of an <see cref="EncoderHost"/> for whoever asked for it: holds it in memory while it embeds, and loads it again
/// where it was unloaded since.
/// </summary>
internal sealed class HostedEmbedder(EncoderHost host, string name, int dimensions) : TextEmbedder
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override int Dimensions => dimensions;

    /// <inheritdoc/>
    public override async Task<GeneratedEmbeddings<Embedding<float>>> EmbedAsync(
        IReadOnlyList<EmbeddingInput> inputs, EmbeddingSettings settings, CancellationToken cancellation = default)
    {
        using var lease = await host.LeaseAsync(name, ModelKind.Embedding, cancellation);
        if (lease.Model.Config.Dimensions != dimensions) throw new EmbeddingException($"{name} was replaced by another model meanwhile. Ask for it again.", "model");
        return await new OnnxEmbedder(name, lease.Model).EmbedAsync(inputs, settings, cancellation);
    }
}
