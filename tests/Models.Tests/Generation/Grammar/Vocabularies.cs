using System.Text;
using Models.Generation.Grammar;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Generation.Grammar;

/// <summary>Vocabularies that tests share: a token for every byte, and those of real models.</summary>
internal static class Vocabularies
{
    private static readonly Lazy<TokenVocabulary> LazyQwen2 = new(() => Load("qwen2", "<|endoftext|>", "<|im_end|>"));
    private static readonly Lazy<TokenVocabulary> LazyPhi3 = new(() => Load("phi-3-mini", "<|endoftext|>", "<|end|>"));

    /// <summary>Token i is byte i; 256 ends.</summary>
    public static TokenVocabulary Bytes { get; } = new(257, id => id < 256 ? new[] { (byte)id } : default(ReadOnlyMemory<byte>), id => id == 256, [256]);

    /// <summary>151,665 tokens, byte-level BPE.</summary>
    public static TokenVocabulary Qwen2 => LazyQwen2.Value;

    /// <summary>32,011 tokens, SentencePiece with byte fallback.</summary>
    public static TokenVocabulary Phi3 => LazyPhi3.Value;

    /// <summary>The tokenizer of a shared folder.</summary>
    public static Tokenizer Tokenizer(string name) => Models.Tokens.Tokenizer.FromFolder(Shared.Find("tokenizers", name)!);

    /// <summary>The vocabulary of a tokenizer.</summary>
    public static TokenVocabulary Of(Tokenizer tokenizer, params string[] ends) => new(
        tokenizer.VocabularySize,
        id => tokenizer.GetTokenBytes(id).ToArray(),
        tokenizer.IsSpecial,
        [.. ends.Select(end => tokenizer.FindToken(end)!.Value)]);

    /// <summary>A vocabulary of given texts after the bytes; texts in angle brackets are special.</summary>
    public static TokenVocabulary WithTexts(params string[] texts) => new(
        257 + texts.Length,
        id => id < 256 ? new[] { (byte)id } : id == 256 ? default(ReadOnlyMemory<byte>) : Encoding.UTF8.GetBytes(texts[id - 257]),
        id => id == 256 || id > 256 && texts[id - 257].StartsWith('<'),
        [256]);

    private static TokenVocabulary Load(string name, params string[] ends) => Of(Tokenizer(name), ends);
}
