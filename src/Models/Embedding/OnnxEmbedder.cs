using Microsoft.Extensions.AI;

namespace Models.Embedding;

/// <summary>An installed embedding model. Whoever made it owns the encoder; to dispose this does nothing.</summary>
internal sealed class OnnxEmbedder(string name, OnnxEncoder encoder) : TextEmbedder
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override int Dimensions => encoder.Config.Dimensions;

    /// <inheritdoc/>
    public override async Task<GeneratedEmbeddings<Embedding<float>>> EmbedAsync(
        IReadOnlyList<EmbeddingInput> inputs, EmbeddingSettings settings, CancellationToken cancellation = default)
    {
        var dimensions = DimensionsOf(settings);
        var rows = await Task.Run(() => inputs.Select(input => Encode(input, settings.Truncate, cancellation)).ToList(), cancellation);
        var vectors = await encoder.RunAsync(rows, cancellation);
        for (var i = 0; i < vectors.Length; i++)
        {
            // What models trained for it keep in front (Matryoshka representations, Kusupati et al. 2022).
            if (dimensions < Dimensions) vectors[i] = vectors[i][..dimensions];
            if (!Vectors.Normalize(vectors[i])) throw new ModelException($"{name} returned a vector without a direction for input {i}. Run `appliance models verify {name}`.");
        }
        return Result(vectors, rows.Sum(row => (long)row.Ids.Length));
    }

    private TokenRow Encode(EmbeddingInput input, bool truncate, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var tokenizer = encoder.Tokenizer;
        var (before, after) = input.Tokens is null ? tokenizer.Frame : ([], []);
        var tokens = input.Tokens ?? tokenizer.Encode(input.Text!, addSpecialTokens: false, parseSpecialTokens: false);
        if (input.Tokens is { } given && Array.FindIndex(given, id => !tokenizer.HasToken(id)) is >= 0 and var at)
            throw new EmbeddingException($"input holds the token {given[at]}, which {name} does not have.", "input");
        var room = encoder.Config.MaxTokens - before.Length - after.Length;
        if (tokens.Length > room)
        {
            if (!truncate)
                throw new EmbeddingException($"The input has {tokens.Length + before.Length + after.Length} tokens; {name} takes {encoder.Config.MaxTokens}. Shorten it.", "input");
            tokens = tokens[..room];
        }
        int[] all = [.. before, .. tokens, .. after];
        return all.Length > 0 ? new TokenRow(all) : throw new EmbeddingException("The input is empty.", "input");
    }
}
