using Microsoft.Extensions.AI;
using Models.Embedding;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Embedding;

/// <summary>Real graphs with random weights in the real ONNX Runtime, against a plain computation of the same.</summary>
public sealed class OnnxEmbedderTests
{
    private static readonly string[] Texts =
    [
        "The dog walked.", "a", "Cats, dogs and houses in the rain: walking, walking.", "xyzzy 42?", "the cat", "The dog walks the cat in the rain, does it?",
    ];

    [Theory]
    [InlineData("mean_tokens")]
    [InlineData("cls_token")]
    [InlineData("max_tokens")]
    public async Task Embed_EveryPooling_IsWhatThePlainComputationGives(string pooling)
    {
        using var encoder = new EncoderModel(new BertModel { Pooling = pooling, Seed = 3 });
        var tokenizer = Tokenizer.FromFolder(encoder.Installed.Folder);
        var reference = new BertReference(encoder.Model);

        var vectors = await encoder.EmbedAsync(Texts);

        for (var i = 0; i < Texts.Length; i++) AssertClose(reference.Embed(tokenizer.Encode(Texts[i])), vectors[i], 1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Embed_AloneOrAmongOthers_IsTheSame(bool quantized)
    {
        using var encoder = new EncoderModel(new BertModel { Quantized = quantized });
        var together = await encoder.EmbedAsync(Texts);
        for (var i = 0; i < Texts.Length; i++)
        {
            var alone = (await encoder.EmbedAsync(Texts[i]))[0];
            AssertClose(Array.ConvertAll(alone, v => (double)v), together[i], 1e-5);
            Assert.Equal(1, alone.Sum(v => v * v), 1e-5);
        }
        // Not because all texts come out alike.
        Assert.True(Vectors.Dot(together[0], together[3]) < 0.99);
    }

    [Fact]
    public async Task Embed_Again_IsTheSameToTheBit()
    {
        using var encoder = new EncoderModel(new BertModel());
        var first = await encoder.EmbedAsync(Texts);
        Assert.Equal(first, await encoder.EmbedAsync(Texts));
        using var again = new EncoderModel(new BertModel());
        Assert.Equal(first, await again.EmbedAsync(Texts));
    }

    [Fact]
    public async Task Embed_MoreThanOneRun_KeepsTheOrder()
    {
        using var encoder = new EncoderModel(new BertModel());
        var texts = Enumerable.Range(0, 400).Select(i => string.Join(' ', Enumerable.Repeat("rain", i % 30)) + i).ToArray();
        var vectors = await encoder.EmbedAsync(texts);
        foreach (var i in (int[])[0, 29, 200, 399]) AssertClose(Array.ConvertAll((await encoder.EmbedAsync(texts[i]))[0], v => (double)v), vectors[i], 1e-5);
    }

    [Fact]
    public async Task Embed_TextThatIsTooLong_IsCutBeforeTheLastToken()
    {
        using var encoder = new EncoderModel(new BertModel { MaxTokens = 12 });
        var tokenizer = Tokenizer.FromFolder(encoder.Installed.Folder);
        var embedder = await encoder.Host.GetEmbedderAsync("tiny");
        var text = string.Join(' ', Enumerable.Repeat("the dog", 50));

        var made = await embedder.EmbedAsync([new(text)], new EmbeddingSettings());

        var cut = tokenizer.Encode(text);
        AssertClose(new BertReference(encoder.Model).Embed([.. cut[..11], cut[^1]]), made[0].Vector.ToArray(), 1e-5);
        Assert.Equal(12, made.Usage!.InputTokenCount);
        var refused = await Assert.ThrowsAsync<EmbeddingException>(() => embedder.EmbedAsync([new(text)], new EmbeddingSettings(Truncate: false)));
        Assert.Contains("102 tokens; tiny takes 12", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embed_Tokens_GoInAsTheyAre()
    {
        using var encoder = new EncoderModel(new BertModel());
        var embedder = await encoder.Host.GetEmbedderAsync("tiny");
        var tokens = Tokenizer.FromFolder(encoder.Installed.Folder).Encode("the dog");

        var made = await embedder.EmbedAsync([new("the dog"), new(tokens)], new EmbeddingSettings());

        AssertClose(Array.ConvertAll(made[0].Vector.ToArray(), v => (double)v), made[1].Vector.ToArray(), 1e-6);
        Assert.Equal("input", (await Assert.ThrowsAsync<EmbeddingException>(() => embedder.EmbedAsync([new([9999])], new EmbeddingSettings()))).Parameter);
        Assert.Equal("input", (await Assert.ThrowsAsync<EmbeddingException>(() => embedder.EmbedAsync([new([-1])], new EmbeddingSettings()))).Parameter);
    }

    [Fact]
    public async Task Embed_SpecialTokensWrittenOut_AreText()
    {
        using var encoder = new EncoderModel(new BertModel());
        var embedder = await encoder.Host.GetEmbedderAsync("tiny");
        var made = await embedder.EmbedAsync([new("[SEP]")], new EmbeddingSettings());
        Assert.True(made.Usage!.InputTokenCount > 3);
    }

    [Fact]
    public async Task Embed_FewerDimensions_KeepsTheFrontAtLength1()
    {
        using var encoder = new EncoderModel(new BertModel());
        var embedder = await encoder.Host.GetEmbedderAsync(null);
        var whole = (await embedder.GenerateAsync(["the dog"]))[0].Vector.ToArray();
        var front = (await embedder.GenerateAsync(["the dog"], new EmbeddingGenerationOptions { Dimensions = 8 }))[0].Vector.ToArray();
        var length = Math.Sqrt(whole[..8].Sum(v => (double)v * v));
        AssertClose([.. whole[..8].Select(v => v / length)], front, 1e-6);
        foreach (var wrong in (int[])[0, 33])
            Assert.Equal("dimensions", (await Assert.ThrowsAsync<EmbeddingException>(() => embedder.EmbedAsync([new("x")], new EmbeddingSettings(wrong)))).Parameter);
    }

    [Fact]
    public async Task Embed_Cancelled_IsCancelledAndTheNextOneWorks()
    {
        using var encoder = new EncoderModel(new BertModel());
        var embedder = await encoder.Host.GetEmbedderAsync(null);
        using var cancel = new CancellationTokenSource();
        var many = embedder.GenerateAsync(Enumerable.Repeat(string.Concat(Enumerable.Repeat("walking ", 40)), 20_000), null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => many);
        Assert.Single(await encoder.EmbedAsync("the dog"));
    }

    [Fact]
    public async Task Embed_FromSeveralThreads_IsTheSame()
    {
        using var encoder = new EncoderModel(new BertModel());
        var alone = await encoder.EmbedAsync(Texts);
        var together = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => encoder.EmbedAsync(Texts))));
        Assert.All(together, vectors => Assert.Equal(alone, vectors));
    }

    private static void AssertClose(double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.True(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() <= tolerance, $"off by {expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max():G3}");
    }
}
