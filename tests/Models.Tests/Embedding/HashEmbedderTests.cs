using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;
using Models.Embedding;

namespace Models.Tests.Embedding;

public sealed class HashEmbedderTests
{
    [Fact]
    public async Task Embed_GoldenTexts_GiveTheVectorsThatAreStoredEverywhere()
    {
        string[] texts = ["The battery lasts nine hours.", "Ümläute, ﬁne ligatures", "電池は9時間持ちます", "🙂", "", new string('a', 1000)];
        var made = await HashEmbedder.Instance.GenerateAsync(texts);
        // Stored vectors are compared with new ones: whatever changes these needs another name for the embedder.
        Assert.Equal(Golden, made.Select(embedding => Describe(embedding.Vector.ToArray())));
    }

    private static readonly string[] Golden =
    [
        "41:0.115810029 112:0.107915483 125:0.114746377 of 51, -461.188340",
        "4:0.119326584 34:0.13400878 89:0.13400878 of 40, -197.463554",
        "4:-0.190934539 10:0.142931238 20:-0.190934539 of 37, -606.049583",
        "68:-0.706050694 544:-0.355264932 548:0.355264932 of 4, 449.772462",
        "991:-1 of 1, -992.000000",
        "443:0.6803146 612:0.264167666 676:0.0304115098 of 5, 980.601615",
    ];

    // The first places that are not zero, and a sum with weights over all of them.
    private static string Describe(float[] vector) => string.Create(CultureInfo.InvariantCulture,
        $"{string.Join(' ', vector.Select((v, i) => (v, i)).Where(p => p.v != 0).Take(3).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.i}:{p.v:G9}")))} of {vector.Count(v => v != 0)}, {vector.Select((v, i) => (double)v * (i + 1)).Sum():F6}");

    [Fact]
    public void Embed_AnyText_HasLength1AndIsRepeatable() => Prop.ForAll<string?>(text =>
    {
        var vector = Embed(text ?? "");
        Assert.Equal(1024, vector.Length);
        Assert.Equal(1, vector.Sum(v => (double)v * v), 1e-5);
        Assert.Equal(vector, Embed(text ?? ""));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("How long does the battery last?", "The battery lasts nine hours.", "Breakfast is at nine.")]
    [InlineData("walking", "He walked.", "She talks to Ingrid.")]
    [InlineData("CAFÉ", "cafe\u0301", "coffee")]
    [InlineData("電池の寿命", "電池は九時間持ちます", "朝食は九時です")]
    [InlineData("Batterielaufzeit", "Die Laufzeit der Batterie", "Das Frühstück")]
    public void Embed_RelatedTexts_AreNearer(string query, string near, string far) =>
        Assert.True(Vectors.Dot(Embed(query), Embed(near)) > Vectors.Dot(Embed(query), Embed(far)) + 0.05);

    [Fact]
    public void Embed_FewerDimensions_StillTellsTextsApart()
    {
        foreach (var dimensions in (int[])[1, 7, 64, 256, 1024])
        {
            var vector = Embed("The battery lasts nine hours.", dimensions);
            Assert.Equal((dimensions, 1.0), (vector.Length, Math.Round(vector.Sum(v => (double)v * v), 5)));
        }
        var query = Embed("battery hours", 128);
        Assert.True(Vectors.Dot(query, Embed("The battery lasts nine hours.", 128)) > Vectors.Dot(query, Embed("Breakfast is served early.", 128)));
    }

    [Fact]
    public void Embed_LongTexts_TakeLinearTime()
    {
        // Would take hours in the square of its length.
        Embed(new string('x', 2_000_000));
        Embed(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"word{i} ")));
    }

    [Fact]
    public async Task Embed_Tokens_AreRefusedWithAWord() =>
        Assert.Contains("send text", (await Assert.ThrowsAsync<EmbeddingException>(() => HashEmbedder.Instance.EmbedAsync([new([1, 2])], new()))).Message, StringComparison.Ordinal);

    [Fact]
    public void Service_Metadata_NamesIt()
    {
        var metadata = HashEmbedder.Instance.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal(("hash-1024", 1024), (metadata.DefaultModelId, metadata.DefaultModelDimensions));
    }

    private static float[] Embed(string text, int? dimensions = null) =>
        HashEmbedder.Instance.EmbedAsync([new(text)], new(dimensions)).GetAwaiter().GetResult()[0].Vector.ToArray();
}
