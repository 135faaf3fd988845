using System.Globalization;
using System.Text.Json;
using Models.Generation;

namespace Appliance.Http.OpenAi;

/// <summary>
/// The fields chat and plain completions share. <c>top_k</c>, <c>min_p</c> and <c>repetition_penalty</c> are not OpenAI's but vLLM's and
/// llama.cpp's.
/// </summary>
internal abstract record SamplingFields
{
    public string? Model { get; init; }
    public bool? Stream { get; init; }
    public StreamOptions? StreamOptions { get; init; }
    public int? N { get; init; }
    public int? MaxTokens { get; init; }
    public float? Temperature { get; init; }
    public float? TopP { get; init; }
    public int? TopK { get; init; }
    public float? MinP { get; init; }
    public float? RepetitionPenalty { get; init; }
    public float? PresencePenalty { get; init; }
    public float? FrequencyPenalty { get; init; }
    public long? Seed { get; init; }
    public JsonElement Stop { get; init; }
    public Dictionary<string, float>? LogitBias { get; init; }

    /// <summary>The options, checked. What is left out has OpenAI's documented default: temperature 1, top_p 1, no penalties.</summary>
    /// <exception cref="ApiException">400: a field that is not supported, or has the wrong form.</exception>
    /// <exception cref="GenerationException">A value is out of range.</exception>
    public GenerationOptions ToOptions(int? maxTokens)
    {
        if (N is not (null or 1)) throw ApiException.NotSupported("n", "This server makes one choice per request; leave n out or set it to 1.");
        var options = new GenerationOptions
        {
            MaxTokens = maxTokens,
            Temperature = Temperature ?? 1,
            TopP = TopP ?? 1,
            TopK = TopK ?? 0,
            MinP = MinP ?? 0,
            RepetitionPenalty = RepetitionPenalty ?? 1,
            PresencePenalty = PresencePenalty ?? 0,
            FrequencyPenalty = FrequencyPenalty ?? 0,
            Seed = (ulong?)Seed,
            Stop = ReadStop(),
            LogitBias = ReadLogitBias(),
        };
        options.Validate();
        return options;
    }

    private string[] ReadStop()
    {
        if (!Stop.IsPresent()) return [];
        if (Stop.ValueKind == JsonValueKind.String) return [Stop.ToText("stop")];
        if (Stop.ValueKind != JsonValueKind.Array) throw ApiException.BadRequest("stop must be a string or a list of strings.", "stop");
        if (Stop.GetArrayLength() > ChatRequests.MostStops) throw ApiException.BadRequest($"stop takes at most {ChatRequests.MostStops} strings.", "stop");
        return [.. Stop.EnumerateArray().Select(s => s.ToText("stop"))];
    }

    private Dictionary<int, float>? ReadLogitBias()
    {
        if (LogitBias is null) return null;
        var bias = new Dictionary<int, float>(LogitBias.Count);
        foreach (var (token, value) in LogitBias)
        {
            if (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                throw ApiException.BadRequest($"logit_bias has the key '{token}', which is not a token id.", "logit_bias");
            if (value is not (>= -100 and <= 100)) throw ApiException.BadRequest("logit_bias values must be between -100 and 100.", "logit_bias");
            bias[id] = value;
        }
        return bias;
    }
}
