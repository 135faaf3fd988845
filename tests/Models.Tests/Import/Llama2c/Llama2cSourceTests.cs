using System.Runtime.InteropServices;
using Models.Import;
using Models.Import.Decoder;
using Models.Import.Llama2c;
using TestKit;

namespace Models.Tests.Import.Llama2c;

public sealed class Llama2cSourceTests : IDisposable
{
    private const int Hidden = 32, FeedForward = 48, Layers = 2, Heads = 2, KvHeads = 1, Vocabulary = 260, Context = 16;

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_ReadsTensorsInTheFormatsOrder(bool tied)
    {
        Write(tied);
        WriteTokenizer("tok260.bin");
        using var source = Llama2cSource.Open(_folder["model.bin"]);
        var weights = DecoderWeightsReader.Read(source);
        Assert.Equal(tied, source.Shape.TiedEmbeddings);
        // Numbers count upwards through the file, so the first of a tensor tells where it lies.
        var head = Hidden / Heads;
        Assert.Equal(0, First(weights.Embedding));
        Assert.Equal(Vocabulary * Hidden, weights.Layers[0].AttentionNorm[0]);
        var gate = Vocabulary * Hidden + Layers * (Hidden + 2 * Hidden * Hidden + 2 * KvHeads * head * Hidden + Hidden);
        Assert.Equal(gate, First(weights.Layers[0].Gate.Weight));
        Assert.Equal(gate + FeedForward * Hidden, First(weights.Layers[1].Gate.Weight));
        Assert.Equal(gate + Layers * FeedForward * Hidden, First(weights.Layers[0].Down.Weight));
        Assert.Equal(gate + 2 * Layers * FeedForward * Hidden, First(weights.Layers[0].Up.Weight));
        var norm = gate + 3 * Layers * FeedForward * Hidden;
        Assert.Equal(norm, weights.FinalNorm[0]);
        if (!tied) Assert.Equal(norm + Hidden + Context * head, First(weights.Output));
    }

    [Fact]
    public void Open_NoTokenizerBesideIt_NamesWhatWasLookedFor()
    {
        Write(tied: true);
        Assert.Contains("tok260.bin", OpenFails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void Open_SizeThatDisagreesWithTheHeader_Throws(int difference)
    {
        Write(tied: true);
        WriteTokenizer("tokenizer.bin");
        using (var file = File.OpenWrite(_folder["model.bin"])) file.SetLength(file.Length + difference);
        OpenFails();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, int.MaxValue)]
    [InlineData(2, int.MaxValue)]
    [InlineData(3, 0)]
    [InlineData(4, 3)]
    [InlineData(5, int.MinValue)]
    [InlineData(5, 0)]
    [InlineData(6, -5)]
    [InlineData(0, 0x616B3432)]
    public void Open_HeaderThatCannotBe_Throws(int field, int value)
    {
        Write(tied: true);
        WriteTokenizer("tokenizer.bin");
        using (var file = File.OpenWrite(_folder["model.bin"]))
        {
            file.Position = 4 * field;
            file.Write(BitConverter.GetBytes(value));
        }
        OpenFails();
    }

    private static float First(Models.Import.Weights.WeightMatrix matrix)
    {
        var row = new float[matrix.Columns];
        matrix.ReadRow(0, row);
        return row[0];
    }

    private void Write(bool tied)
    {
        var head = Hidden / Heads;
        var count = Vocabulary * Hidden * (tied ? 1 : 2) + Hidden + Context * head
            + Layers * (2 * Hidden + 2 * Hidden * Hidden + 2 * KvHeads * head * Hidden + 3 * FeedForward * Hidden);
        using var file = File.Create(_folder["model.bin"]);
        file.Write(MemoryMarshal.AsBytes<int>([Hidden, FeedForward, Layers, Heads, KvHeads, tied ? Vocabulary : -Vocabulary, Context]));
        file.Write(MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, count)]));
    }

    private void WriteTokenizer(string name)
    {
        using var file = new BinaryWriter(File.Create(_folder[name]));
        file.Write(8);
        for (var id = 0; id < Vocabulary; id++)
        {
            var piece = id < 3 ? new[] { "<unk>", "<s>", "</s>" }[id] : $"t{id}";
            file.Write((float)-id);
            file.Write(piece.Length);
            file.Write(piece.ToCharArray());
        }
    }

    private string OpenFails() => Assert.Throws<ImportException>(() =>
    {
        using var source = Llama2cSource.Open(_folder["model.bin"]);
        DecoderWeightsReader.Read(source);
    }).Message;

    public void Dispose() => _folder.Dispose();
}
