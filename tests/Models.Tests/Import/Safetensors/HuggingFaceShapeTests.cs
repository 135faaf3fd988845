using System.Text.Json.Nodes;
using Models.Import;
using Models.Import.Safetensors;
using Models.Import.Sources;
using TestKit;

namespace Models.Tests.Import.Safetensors;

public sealed class HuggingFaceShapeTests
{
    [Fact]
    public void Read_Phi35_TakesBothListsOfFactors()
    {
        // As Phi-3.5-mini states itself, but for a head of 16 dimensions.
        var shape = Read("phi3", """
            {"original_max_position_embeddings":64,"sliding_window":100,
             "rope_scaling":{"type":"longrope","short_factor":[1,1,1,1,1,1,1,2],"long_factor":[1,2,3,4,5,6,7,8]}}
            """);
        Assert.Equal(Rope.FromBase(10_000, 16).Divide([1, 1, 1, 1, 1, 1, 1, 2]).Frequencies, shape.Rope.Frequencies);
        Assert.Equal(Rope.FromBase(10_000, 16).Divide([1, 2, 3, 4, 5, 6, 7, 8]).Frequencies, shape.Rope.LongFrequencies);
        Assert.Equal(64, shape.Rope.OriginalContext);
        Assert.Equal(Math.Sqrt(1 + Math.Log(2) / Math.Log(64)), shape.Rope.Magnitude, 1e-12);
        Assert.Equal(100, shape.SlidingWindow);
    }

    [Fact]
    public void Read_Phi4Mini_RotatesPartOfAHead() =>
        Assert.Equal(Rope.FromBase(10_000, 12).Frequencies, Read("phi3", """{"partial_rotary_factor":0.75}""").Rope.Frequencies);

    [Fact]
    public void Read_RopeParametersOfNewerVersions_AreTaken() => Assert.Equal(Rope.FromBase(500, 16).Linear(2).Frequencies,
        Read("llama", """{"rope_parameters":{"rope_theta":500,"rope_type":"linear","factor":2}}""").Rope.Frequencies);

    [Theory]
    [InlineData("mistral", """{"sliding_window":32}""", 32)]
    [InlineData("mistral", """{"sliding_window":null}""", null)]
    [InlineData("qwen2", """{"sliding_window":32,"use_sliding_window":false,"max_window_layers":1}""", null)]
    [InlineData("qwen2", """{"sliding_window":32,"use_sliding_window":true}""", 32)]
    public void Read_SlidingWindow_CountsWhereItIsUsed(string type, string json, int? expected) => Assert.Equal(expected, Read(type, json).SlidingWindow);

    [Fact]
    public void Read_SlidingWindowOnSomeLayers_IsRefused() => Assert.Contains("some of its layers",
        Assert.Throws<ImportException>(() => Read("qwen2", """{"sliding_window":32,"use_sliding_window":true,"max_window_layers":1}""")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_Mistral_IsLlama() => Assert.Equal("llama", Read("mistral", "{}").Architecture);

    [Fact]
    public void Read_HeadSizeOfItsOwn_IsTaken() => Assert.Equal(32, Read("qwen3", """{"head_dim":32}""").HeadSize);

    private static ModelShape Read(string type, string changes)
    {
        using var folder = new TemporaryFolder();
        var config = SafetensorsFolder.Config(type);
        foreach (var (key, value) in JsonNode.Parse(changes)!.AsObject()) config[key] = value?.DeepClone();
        File.WriteAllText(folder["config.json"], config.ToJsonString());
        return HuggingFaceShape.Read(ConfigJson.Read(folder["config.json"]), folder.Path);
    }
}
