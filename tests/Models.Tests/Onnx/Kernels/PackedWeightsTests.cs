using Models.Onnx;
using Models.Onnx.Kernels;
using TestKit;

namespace Models.Tests.Onnx.Kernels;

public sealed unsafe class PackedWeightsTests
{
    [Fact]
    public void Load_AFileThatEndsTooEarly_SaysWhatToDo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["model.onnx.data"], new byte[2000]);
        using var packed = new PackedWeights(folder.Path);
        packed.Add("model.onnx.data", 0, 1024, 32, 2);
        packed.Load(2);
        packed.Add("model.onnx.data", 1500, 0, 32, 2);
        var error = Assert.Throws<OnnxRuntimeException>(() => packed.Load(2));
        Assert.Contains("models verify", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_TheSameMatrixTwice_KeepsItOnce()
    {
        using var packed = new PackedWeights("nowhere");
        var first = packed.Add("data", 0, 4096, 64, 4);
        Assert.Equal(first.Address, packed.Add("data", 0, 4096, 64, 4).Address);
        Assert.Equal(first.Address + PanelMatrix.BytesOf(64, 4), packed.Add("data", 8192, 4096, 64, 4).Address);
    }
}
