using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens.Embedded;

public class Llama2cVocabularyTests
{
    [SharedFact("models/stories260K")]
    public void FromLlama2c_Tok512_HasThePiecesOfTheGguf()
    {
        var llama2c = EmbeddedVocabulary.FromLlama2c(Shared.Find("models", "stories260K", "tok512.bin")!, 512);
        var gguf = GgufVocabulary.Read(Shared.Find("models", "stories260K", "stories260K-f32.gguf")!);
        Assert.Equal(gguf.Tokens, llama2c.Tokens);
        Assert.Equal(gguf.Types, llama2c.Types);
        Assert.Equal(gguf.Scores, llama2c.Scores);
        Assert.Equal((gguf.Unknown, gguf.Bos, gguf.Eos), (llama2c.Unknown, llama2c.Bos, llama2c.Eos));
    }

    [Fact]
    public void FromLlama2c_AnyTruncation_Throws()
    {
        byte[] whole = [3, 0, 0, 0, .. Piece("<unk>"), .. Piece("\n<s>\n"), .. Piece("\n</s>\n"), .. Piece("a b")];
        Assert.Equal("a\u2581b", Read(whole, 4).Tokens[3]);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<TokenizerException>(() => Read(whole[..length], 4));
        Assert.Throws<TokenizerException>(() => Read(whole, 3));
        Assert.Throws<TokenizerException>(() => Read([.. whole, 0], 4));
        Assert.Throws<TokenizerException>(() => Read([.. whole[..8], 255, 255, 255, 127, .. whole[12..]], 4)); // a length beyond the file
        Assert.Throws<TokenizerException>(() => EmbeddedVocabulary.FromLlama2c(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), 4));

        static byte[] Piece(string text) => [0, 0, 0, 0, (byte)text.Length, 0, 0, 0, .. System.Text.Encoding.UTF8.GetBytes(text)];
    }

    private static EmbeddedVocabulary Read(byte[] bytes, int vocabularySize)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            return EmbeddedVocabulary.FromLlama2c(path, vocabularySize);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
