using System.Buffers.Binary;
using System.Text;
using Models.Import;
using Models.Import.Gguf;
using Models.Import.Weights;
using TestKit;

namespace Models.Tests.Import.Gguf;

public sealed class GgufFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["model.gguf"];

    [Fact]
    public void Read_EveryTypeOfValue_GivesItBack()
    {
        new GgufWriter().Add("text", "grüß dich").Add("count", 7u).Add("number", 0.5f).Add("truth", true)
            .Add("words", (IReadOnlyCollection<string>)["a", "", "ß"]).Add("numbers", [1, -2]).Add("reals", [1f, 2.5f])
            .AddTensor("t", [2, 3], [1, 2, 3, 4, 5, 6]).AddTensor("v", [3], [7, 8, 9]).Save(Path);
        using var file = MappedFile.Open(Path);
        var gguf = new GgufFile(file);
        var (metadata, tensors) = (gguf.Metadata, gguf.ReadTensors());
        Assert.Equal("grüß dich", metadata.FindString("text"));
        Assert.Equal(7, metadata.FindInteger("count"));
        Assert.Equal(0.5, metadata.FindNumber("number"));
        Assert.Equal(7, metadata.FindNumber("count"));
        Assert.True(metadata.FindBool("truth"));
        Assert.Equal(["a", "", "ß"], metadata.Strings("words"));
        Assert.Equal([1, -2], metadata.Integers("numbers"));
        Assert.Equal([1f, 2.5f], metadata.Floats("reals"));
        Assert.Null(metadata.FindString("absent"));
        Assert.Empty(metadata.Strings("absent"));
        Assert.Equal((2, 3), (tensors["t"].Rows, tensors["t"].Columns));
        Assert.Equal([7, 8, 9], tensors["v"].ReadVector());
        var row = new float[3];
        tensors["t"].ReadRow(1, row);
        Assert.Equal([4, 5, 6], row);
    }

    [Fact]
    public void Find_ValueOfAnotherType_NamesKeyAndTypes()
    {
        new GgufWriter().Add("count", 7u).Add("words", (IReadOnlyCollection<string>)["a"]).Save(Path);
        using var file = MappedFile.Open(Path);
        var metadata = new GgufFile(file).Metadata;
        Assert.Contains("count as UInt32", Assert.Throws<ImportException>(() => metadata.FindString("count")).Message, StringComparison.Ordinal);
        Assert.Contains("words as String", Assert.Throws<ImportException>(() => metadata.Floats("words")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "PK\u0003\u0004", "not a GGUF file")]
    [InlineData(4, "\u0001\0\0\0", "version 1")]
    [InlineData(4, "\0\0\0\u0003", "big-endian")]
    [InlineData(8, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f", "more than fit")]
    [InlineData(16, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff", "more than fit")]
    public void Read_DamagedHeader_SaysWhat(int at, string bytes, string expected)
    {
        var file = Sample();
        Encoding.Latin1.GetBytes(bytes).CopyTo(file, at);
        Assert.Contains(expected, ReadFails(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyTruncation_Throws()
    {
        var file = Sample();
        for (var length = 0; length < file.Length - 32; length++) ReadFails(file[..length]);
    }

    [Fact]
    public void Read_TwoKeysAlike_Throws()
    {
        new GgufWriter().Add("general.name", "a").Add("general.name", "b").Save(Path);
        Assert.Contains("general.name twice", ReadFails(File.ReadAllBytes(Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TwoTensorsAlike_Throws()
    {
        new GgufWriter().AddTensor("t", [1], [1]).AddTensor("t", [1], [1]).Save(Path);
        Assert.Contains("t occurs twice", ReadFails(File.ReadAllBytes(Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OverlappingTensors_NamesThem()
    {
        var file = Sample();
        WriteTensorOffset(file, "second", 32);
        Assert.Contains("first and second overlap", ReadFails(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MisalignedTensor_Throws()
    {
        var file = Sample();
        WriteTensorOffset(file, "second", 40);
        Assert.Contains("not aligned", ReadFails(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, "Q2_K")]
    [InlineData(23, "IQ4_XS")]
    [InlineData(39, "MXFP4")]
    [InlineData(4, "unknown kind 4")]
    [InlineData(uint.MaxValue, "unknown kind 4294967295")]
    public void Read_UnsupportedKind_NamesIt(uint kind, string expected)
    {
        new GgufWriter().AddTensor("blk.0.ffn_up.weight", kind, [1, 256], 84, stream => stream.Write(new byte[84])).Save(Path);
        var message = ReadFails(File.ReadAllBytes(Path));
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("blk.0.ffn_up.weight", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 2, 33 }, "not a multiple of Q4_0's block of 32")]
    [InlineData(new long[] { 0, 32 }, "one or two dimensions")]
    [InlineData(new long[] { 2, 2, 32 }, "one or two dimensions")]
    [InlineData(new long[] { int.MaxValue, 32 * 1024 }, "past the end")]
    [InlineData(new[] { long.MaxValue, 32 }, "one or two dimensions")]
    [InlineData(new long[] { 1, 1, 1, 1, 32 }, "5 dimensions")]
    public void Read_ImpossibleShape_Throws(long[] shape, string expected)
    {
        new GgufWriter().AddTensor("t", 2, shape, 36, stream => stream.Write(new byte[36])).Save(Path);
        Assert.Contains(expected, ReadFails(File.ReadAllBytes(Path)), StringComparison.Ordinal);
    }

    private byte[] Sample()
    {
        new GgufWriter().Add("general.architecture", "llama").AddTensor("first", [4, 4], new float[16]).AddTensor("second", [4], new float[4]).Save(Path);
        return File.ReadAllBytes(Path);
    }

    // A header ends with the offset: name, count of dimensions, dimensions, kind, offset.
    private static void WriteTensorOffset(byte[] file, string vector, ulong offset)
    {
        var name = file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(vector));
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(name + vector.Length + 4 + 8 + 4), offset);
    }

    private string ReadFails(byte[] bytes)
    {
        File.WriteAllBytes(Path, bytes);
        return Assert.Throws<ImportException>(() =>
        {
            using var file = MappedFile.Open(Path);
            new GgufFile(file).ReadTensors();
        }).Message;
    }

    public void Dispose() => _folder.Dispose();
}
