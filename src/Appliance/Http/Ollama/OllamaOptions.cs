using Models.Generation;

namespace Appliance.Http.Ollama;

/// <summary>
/// The field <c>options</c>. What the engine decides itself (num_ctx, num_thread, num_gpu, …) is read over, as are samplers it does not
/// have (mirostat, typical_p).
/// </summary>
internal sealed record OllamaOptions
{
    public int? NumPredict { get; init; }
    public float? Temperature { get; init; }
    public int? TopK { get; init; }
    public float? TopP { get; init; }
    public float? MinP { get; init; }
    public float? RepeatPenalty { get; init; }
    public float? PresencePenalty { get; init; }
    public float? FrequencyPenalty { get; init; }
    public long? Seed { get; init; }
    public List<string?>? Stop { get; init; }

    /// <summary>
    /// The options, checked. What is left out has Ollama's documented default (temperature 0.8, top_k 40, top_p 0.9), but for
    /// repeat_penalty: Ollama's 1.1 looks back over 64 tokens, ours over all of them, where 1.1 would spoil a long answer.
    /// </summary>
    /// <exception cref="ApiException">400: a field has the wrong form.</exception>
    /// <exception cref="GenerationException">A value is out of range.</exception>
    public GenerationOptions ToOptions()
    {
        if (Stop?.Count > ChatRequests.MostStops) throw ApiException.BadRequest($"stop takes at most {ChatRequests.MostStops} strings.", "stop");
        var options = new GenerationOptions
        {
            // Negative means without a limit.
            MaxTokens = NumPredict < 0 ? null : NumPredict,
            Temperature = Temperature ?? 0.8f,
            TopK = TopK ?? 40,
            TopP = TopP ?? 0.9f,
            MinP = MinP ?? 0,
            RepetitionPenalty = RepeatPenalty ?? 1,
            PresencePenalty = PresencePenalty ?? 0,
            FrequencyPenalty = FrequencyPenalty ?? 0,
            Seed = (ulong?)Seed,
            Stop = [.. (Stop ?? []).Select(s => s ?? throw ApiException.BadRequest("stop must be a list of strings.", "stop"))],
        };
        options.Validate();
        return options;
    }
}
