using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Models.Tokens.Embedded;

/// <summary>
/// Reads llama2.c's tokenizer files (tokenizer.bin, tok512.bin): int32 longest piece, then per token float32 score, int32 length
/// and that many bytes. Tokens 0, 1 and 2 are unknown, BOS and EOS; the next 256 are bytes; pieces spell a space as a space.
/// </summary>
internal static class Llama2cVocabulary
{
    private const int Unknown = 0, Bos = 1, Eos = 2;

    /// <summary>Reads the file.</summary>
    /// <exception cref="TokenizerException">The file cannot be read or is not of that layout.</exception>
    public static EmbeddedVocabulary Read(string path, int vocabularySize)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"The tokenizer {path} cannot be read: {e.Message}", e);
        }
        var tokens = new List<string>();
        var scores = new List<float>();
        var types = new List<int>();
        var rest = bytes.AsSpan(Math.Min(4, bytes.Length));
        while (tokens.Count < vocabularySize && rest.Length >= 8)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            if (length < 0 || length > rest.Length - 8)
                break;
            scores.Add(BinaryPrimitives.ReadSingleLittleEndian(rest));
            var (token, type) = Describe(tokens.Count, rest.Slice(8, length));
            tokens.Add(token);
            types.Add(type);
            rest = rest[(8 + length)..];
        }
        if (tokens.Count != vocabularySize || vocabularySize <= Eos || rest.Length > 0)
            throw new TokenizerException($"{path} is not a llama2.c tokenizer of {vocabularySize} tokens. Use the tokenizer file that was made for this model.");
        return new()
        {
            Kind = "llama",
            Tokens = tokens,
            Scores = scores,
            Types = types,
            Unknown = Unknown,
            Bos = Bos,
            Eos = Eos,
            AddBos = true,
            AddEos = false,
        };
    }

    private static (string Token, int Type) Describe(int id, ReadOnlySpan<byte> piece)
    {
        var text = Encoding.UTF8.GetString(piece);
        return id switch
        {
            Unknown => ("<unk>", TokenType.Unknown),
            Bos => ("<s>", TokenType.Control), // the file has "\n<s>\n", to be printed
            Eos => ("</s>", TokenType.Control),
            _ when IsByte(text) => (text, TokenType.Byte),
            _ => (text.Replace(' ', SentencePiece.Space), TokenType.Normal),
        };
    }

    private static bool IsByte(string text) =>
        text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>' && byte.TryParse(text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, null, out _);
}
