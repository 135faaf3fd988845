using Models.Store;
using TestKit;

namespace Models.Tests.Store;

public sealed class GenAiConfigTests
{
    private const string Decoder = "\"head_size\":16,\"hidden_size\":64,\"num_attention_heads\":4,\"num_hidden_layers\":2,\"num_key_value_heads\":2";

    private static GenAiConfig Read(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[GenAiConfig.FileName], json);
        return GenAiConfig.Read(folder.Path);
    }

    [Fact]
    public void Read_WithoutOptionalParts_GivesTheirDefaults()
    {
        var config = Read("{\"model\":{\"type\":\"llama\",\"context_length\":512,\"vocab_size\":300,\"eos_token_id\":7,\"decoder\":{" + Decoder + "}}}");
        Assert.Equal([7], config.Model.EosTokenId);
        Assert.Equal("model.onnx", config.Model.Decoder.FileName);
        Assert.Equal("past_key_values.%d.key", config.Model.Decoder.Inputs.PastKeyNames);
        Assert.Equal("logits", config.Model.Decoder.Outputs.Logits);
        Assert.True(config.Search.PastPresentShareBuffer);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"model\":null}")]
    [InlineData("{\"model\":{\"type\":\"llama\",\"context_length\":512,\"vocab_size\":300,\"decoder\":null}}")]
    [InlineData("{\"model\":{\"type\":\"llama\",\"context_length\":512,\"vocab_size\":300,\"decoder\":{\"head_size\":16,\"hidden_size\":64,\"num_attention_heads\":4,\"num_hidden_layers\":2,\"num_key_value_heads\":2,\"inputs\":null}}}")]
    [InlineData("not json")]
    public void Read_WhatIsNoConfiguration_IsRefused(string json) => Assert.Throws<StoreException>(() => Read(json));
}
