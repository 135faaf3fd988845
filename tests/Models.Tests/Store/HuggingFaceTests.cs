using Models.Store;

namespace Models.Tests.Store;

public sealed class HuggingFaceTests
{
    [Theory]
    [InlineData("m-Q8_0.gguf m-Q4_K_M.gguf m-Q4_0.gguf m-f16.gguf", null, "m-Q4_0.gguf")]
    [InlineData("m-Q8_0.gguf m.Q4_K_M.gguf m-f16.gguf", null, "m.Q4_K_M.gguf")]
    [InlineData("m-q8_0.gguf m-f16.gguf", null, "m-q8_0.gguf")]
    [InlineData("m-f32.gguf m-f16.gguf", null, "m-f16.gguf")]
    [InlineData("m-IQ4_0.gguf m-Q4_0_4_4.gguf m-Q8_0.gguf", null, "m-Q8_0.gguf")]
    [InlineData("mmproj-m-Q4_0.gguf m-imatrix.gguf m-Q6_K.gguf", null, "m-Q6_K.gguf")]
    [InlineData("m-Q4_0-00001-of-00002.gguf m-Q4_0-00002-of-00002.gguf m-Q2_K.gguf", null, "m-Q2_K.gguf")]
    [InlineData("sub/m-Q4_0.gguf m-Q4_1.gguf", null, "sub/m-Q4_0.gguf")]
    [InlineData("m-Q4_0.gguf m-Q5_K_M.gguf", "q5_k_m", "m-Q5_K_M.gguf")]
    [InlineData("m-Q4_0.gguf m-Q5_K_M.gguf", "m-Q5_K_M.gguf", "m-Q5_K_M.gguf")]
    [InlineData("m.gguf model.safetensors config.json", null, "m.gguf")]
    public void Choose_Ggufs_TakesTheBest(string files, string? wanted, string chosen) =>
        Assert.Equal([chosen], Choose(files, wanted));

    [Theory]
    [InlineData("config.json model.safetensors tokenizer.json README.md onnx/model.onnx", "config.json tokenizer.json model.safetensors")]
    [InlineData("config.json consolidated.safetensors model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json",
        "config.json model.safetensors.index.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors")]
    [InlineData("config.json weights.safetensors pytorch_model.bin", "config.json weights.safetensors")]
    public void Choose_Safetensors_TakesWeightsAndCompanions(string files, string chosen) => Assert.Equal(chosen.Split(' '), Choose(files, null));

    [Theory]
    [InlineData("config.json tokenizer.json modules.json 1_Pooling/config.json model.safetensors onnx/model.onnx onnx/model_quantized.onnx README.md", null, null,
        "config.json tokenizer.json modules.json 1_Pooling/config.json onnx/model_quantized.onnx")]
    [InlineData("config.json tokenizer.json onnx/model.onnx onnx/model.onnx_data", null, null, "config.json tokenizer.json onnx/model.onnx_data onnx/model.onnx")]
    [InlineData("config.json model.safetensors onnx/model.onnx tokenizer.json", true, null, "config.json tokenizer.json onnx/model.onnx")]
    [InlineData("config.json model.safetensors onnx/model.onnx tokenizer.json", false, null, "config.json tokenizer.json model.safetensors")]
    [InlineData("config.json tokenizer.json onnx/model.onnx onnx/model_O3.onnx", null, "onnx/model_O3.onnx", "config.json tokenizer.json onnx/model_O3.onnx")]
    public void Choose_Encoder_TakesTheGraphAndItsCompanions(string files, bool? encoder, string? wanted, string chosen) => Assert.Equal(
        chosen.Split(' '),
        HuggingFace.Choose("owner/repo", [.. files.Split(' ').Select(f => new HuggingFaceFile(f))], wanted, encoder).Select(f => f.Path));

    [Theory]
    [InlineData("README.md", null)]
    [InlineData("model.safetensors", null)]
    [InlineData("config.json", null)]
    [InlineData("m-Q4_0.gguf", "Q8_0")]
    [InlineData("m-Q4_0-00001-of-00002.gguf", null)]
    public void Choose_NothingUsable_SaysSo(string files, string? wanted) =>
        Assert.Contains("owner/repo has", Assert.Throws<StoreException>(() => Choose(files, wanted)).Message);

    private static string[] Choose(string files, string? wanted) =>
        [.. HuggingFace.Choose("owner/repo", [.. files.Split(' ').Select(f => new HuggingFaceFile(f))], wanted).Select(f => f.Path)];
}
