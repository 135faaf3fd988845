using System.Text.Json;
using Models.Tokens;

namespace Appliance.Http.OpenAi;

/// <summary>One prompt of /v1/completions: text, or token ids.</summary>
internal sealed record CompletionPrompt(string? Text, int[]? Tokens)
{
    private const int MostPrompts = 128;

    /// <summary>Reads the field: a string, a list of strings, a list of token ids, or a list of such lists. Left out, it is empty text.</summary>
    /// <exception cref="ApiException">400: anything else.</exception>
    public static IReadOnlyList<CompletionPrompt> ReadAll(JsonElement prompt)
    {
        if (!prompt.IsPresent()) return [new("", null)];
        if (prompt.ValueKind == JsonValueKind.String) return [new(prompt.ToText("prompt"), null)];
        if (prompt.ValueKind != JsonValueKind.Array || prompt.GetArrayLength() == 0) throw Malformed();
        if (prompt[0].ValueKind == JsonValueKind.Number) return [new(null, ReadTokens(prompt))];
        if (prompt.GetArrayLength() > MostPrompts) throw ApiException.BadRequest($"prompt takes at most {MostPrompts} prompts.", "prompt");
        return [.. prompt.EnumerateArray().Select(p => p.ValueKind == JsonValueKind.Array ? new(null, ReadTokens(p)) : new CompletionPrompt(p.ToText("prompt"), null))];
    }

    /// <summary>The prompt's tokens; an empty prompt begins a new text.</summary>
    /// <exception cref="ApiException">400: an id the model does not have.</exception>
    public EncodedPrompt Encode(Tokenizer tokenizer)
    {
        if (Tokens?.FirstOrDefault(t => t >= tokenizer.VocabularySize) is > 0 and var unknown)
            throw ApiException.BadRequest($"prompt holds the token {unknown}, but the model has {tokenizer.VocabularySize}.", "prompt");
        var tokens = Tokens ?? tokenizer.Encode(Text!);
        if (tokens.Length == 0)
            tokens = [tokenizer.BosToken ?? tokenizer.EosToken ?? throw ApiException.BadRequest("prompt must not be empty: this model has no token that begins a text.", "prompt")];
        return new EncodedPrompt(Text, tokens);
    }

    private static int[] ReadTokens(JsonElement list)
    {
        var tokens = new int[list.GetArrayLength()];
        var i = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out tokens[i]) || tokens[i] < 0) throw Malformed();
            i++;
        }
        return tokens;
    }

    private static ApiException Malformed() =>
        ApiException.BadRequest("prompt must be a string, a list of strings, a list of token ids, or a list of lists of token ids.", "prompt");
}

/// <summary>A prompt ready for the model.</summary>
/// <param name="Text">As it came; null where token ids came.</param>
/// <param name="Tokens">Never empty.</param>
internal sealed record EncodedPrompt(string? Text, int[] Tokens);
