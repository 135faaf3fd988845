using System.Text;
using Models.Onnx;
using Models.Onnx.Rewriting;

namespace Models.Tests.Onnx.Rewriting;

public sealed class GraphRewriterTests
{
    private static readonly OrtSessionSettings Settings = new() { Threads = 2, Spin = false };

    // ModelProto { graph { node { MatMulNBits } node { Relu } } }, written by hand.
    private static byte[] Model(long bits = 4, long accuracy = 4, params string[] moreInputs)
    {
        byte[] node = [.. Text(1, "x"), .. Text(1, "w"), .. Text(1, "scales"), .. moreInputs.SelectMany(i => Text(1, i)), .. Text(2, "y"), .. Text(3, "mm"),
            .. Text(4, "MatMulNBits"), .. Attribute("K", 64), .. Attribute("N", 16), .. Attribute("bits", bits), .. Attribute("block_size", 32), .. Attribute("accuracy_level", accuracy), .. Text(7, "com.microsoft")];
        byte[] cast = [.. Text(1, "halves"), .. Text(2, "scales"), .. Text(4, "Cast")];
        byte[] graph = [.. Field(1, cast), .. Field(1, node), .. Field(1, [.. Text(1, "y"), .. Text(2, "z"), .. Text(4, "Relu")])];
        return [0x08, 0x0A, .. Field(7, graph)];
    }

    [Fact]
    public void UseOurOperators_Int4InBlocksOf32_TakesTheNodeAndItsHalfScales()
    {
        var text = Encoding.UTF8.GetString(GraphRewriter.UseOurOperators(Model(), Settings, null)!);
        Assert.Contains("MatMulInt4", text, StringComparison.Ordinal);
        Assert.DoesNotContain("MatMulNBits", text, StringComparison.Ordinal);
        Assert.Contains("Relu", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("halves").Length - 1);
    }

    [Fact]
    public void UseOurOperators_WithABias_KeepsIt() =>
        Assert.Contains("bias", Encoding.UTF8.GetString(GraphRewriter.UseOurOperators(Model(4, 4, "", "", "bias"), Settings, null)!), StringComparison.Ordinal);

    [Fact]
    public void UseOurOperators_WithWhatIsNotOurs_LeavesTheGraphAlone()
    {
        Assert.Null(GraphRewriter.UseOurOperators(Model(bits: 8), Settings, null));
        Assert.Null(GraphRewriter.UseOurOperators(Model(4, 4, "zero_points"), Settings, null));
        Assert.Null(GraphRewriter.UseOurOperators(Model(accuracy: 1), Settings, null));
        Assert.Null(GraphRewriter.UseOurOperators([], Settings, null));
    }

    [Fact]
    public void UseOurOperators_OnDamagedGraphs_RefusesOrPassesButNeverCrashes()
    {
        var random = new Random(1);
        var whole = Model();
        for (var i = 0; i < 5000; i++)
        {
            var damaged = whole.AsSpan(0, random.Next(whole.Length + 1)).ToArray();
            for (var flips = random.Next(4); flips > 0 && damaged.Length > 0; flips--) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                GraphRewriter.UseOurOperators(damaged, Settings, null);
            }
            catch (OnnxRuntimeException) { }
        }
    }

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] bytes) => bytes.Length < 128
        ? [(byte)(field << 3 | 2), (byte)bytes.Length, .. bytes]
        : [(byte)(field << 3 | 2), (byte)(bytes.Length & 0x7F | 0x80), (byte)(bytes.Length >> 7), .. bytes];

    private static byte[] Attribute(string name, long value) => Field(5, [.. Text(1, name), 0x18, (byte)value]);
}
