using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens;

/// <summary>
/// llama.cpp's own test vectors (made with HF tokenizers, without special tokens) for the tokenizers that are here. Its vectors
/// for GPT-2 and BGE are not used: their vocabularies are not here.
/// </summary>
public class LlamaCppVectorTests
{
    [SharedTheory("tokenizers/vectors")]
    [InlineData("qwen2", "ggml-vocab-qwen2")]
    [InlineData("phi-3-mini", "ggml-vocab-phi-3")]
    public void Encode_EveryCase_EqualsVector(string tokenizer, string vectors)
    {
        var encoder = Tokenizer.FromFolder(Shared.Find("tokenizers", tokenizer)!);
        var texts = File.ReadAllText(Shared.Find("tokenizers", "vectors", vectors + ".gguf.inp")!).Split("\n__ggml_vocab_test__\n")[..^1]; // each case ends so
        var expected = File.ReadAllText(Shared.Find("tokenizers", "vectors", vectors + ".gguf.out")!).TrimEnd('\n').Split('\n');
        Assert.Equal(expected.Length, texts.Length);
        Assert.True(texts.Length > 40);
        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(expected[i].Trim(), string.Join(' ', encoder.Encode(texts[i], addSpecialTokens: false)));
    }
}
