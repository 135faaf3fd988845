using System.Text.Json;
using Models.Tokens;

namespace Appliance.Http.OpenAi;

/// <summary>One prompt of /v1/completions, or one input of /v1/embeddings, which have one form: text, or token ids.</summary>
internal sealed record CompletionPrompt(string? Text, int[]? Tokens)
{
    private const int MostPrompts = 128;

    /// <summary>Reads the field <c>prompt</c>; left out, it is empty text.</summary>
    /// <exception cref="ApiException">400: it has another form.</exception>
    public static IReadOnlyList<CompletionPrompt> ReadAll(JsonElement prompt) => prompt.IsPresent() ? ReadAll(prompt, "prompt", MostPrompts) : [new("", null)];

    /// <summary>Reads a field: a string, a list of strings, a list of token ids, or a list of such lists.</summary>
    /// <exception cref="ApiException">400: anything else.</exception>
    public static IReadOnlyList<CompletionPrompt> ReadAll(JsonElement value, string field, int most)
    {
        if (value.ValueKind == JsonValueKind.String) return [new(value.ToText(field), null)];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0) throw Malformed(field);
        if (value[0].ValueKind == JsonValueKind.Number) return [new(null, ReadTokens(value, field))];
        if (value.GetArrayLength() > most) throw ApiException.BadRequest($"{field} takes at most {most} texts.", field);
        return [.. value.EnumerateArray().Select(p => p.ValueKind == JsonValueKind.Array ? new(null, ReadTokens(p, field)) : new CompletionPrompt(p.ToText(field), null))];
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

    private static int[] ReadTokens(JsonElement list, string field)
    {
        var tokens = new int[list.GetArrayLength()];
        var i = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out tokens[i]) || tokens[i] < 0) throw Malformed(field);
            i++;
        }
        return tokens;
    }

    private static ApiException Malformed(string field) =>
        ApiException.BadRequest($"{field} must be a string, a list of strings, a list of token ids, or a list of lists of token ids.", field);
}

/// <summary>A prompt ready for the model.</summary>
/// <param name="Text">As it came; null where token ids came.</param>
/// <param name="Tokens">Never empty.</param>
internal sealed record EncodedPrompt(string? Text, int[] Tokens);
