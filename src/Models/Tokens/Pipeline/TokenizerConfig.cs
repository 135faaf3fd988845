using System.Text.Json;

namespace Models.Tokens.Pipeline;

/// <summary>What <c>tokenizer_config.json</c> says of special tokens.</summary>
/// <param name="BosToken">Content of the token that begins a sequence.</param>
/// <param name="EosToken">Content of the token that ends one.</param>
/// <param name="AddBosToken">Whether encoding adds the first, where <c>tokenizer.json</c> does not say.</param>
/// <param name="AddEosToken">Whether encoding adds the second, likewise.</param>
internal sealed record TokenizerConfig(string? BosToken, string? EosToken, bool AddBosToken, bool AddEosToken)
{
    /// <summary>Of a folder without the file.</summary>
    public static readonly TokenizerConfig Default = new(null, null, false, false);

    /// <summary>Reads the file's content.</summary>
    /// <exception cref="TokenizerException">The content is malformed.</exception>
    public static TokenizerConfig Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var root = document.RootElement;
            return new(Content(root, "bos_token"), Content(root, "eos_token"), root.Flag("add_bos_token") ?? false, root.Flag("add_eos_token") ?? false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new TokenizerException($"tokenizer_config.json is not well-formed JSON ({e.Message}). Fetch the model again.", e);
        }
    }

    // A string, or an object that says how the token is matched too.
    private static string? Content(JsonElement root, string name) => root.Field(name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Object } token => token.Text("content"),
        _ => root.Text(name),
    };
}
