using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Models.Generation;

/// <summary>
/// A local model as an <see cref="IChatClient"/>: renders the chat template, generates, and streams the answer. Safe for several
/// threads. Does not own the model.
/// </summary>
public sealed class LocalChatClient(ILanguageModel model) : IChatClient
{
    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var generation = ToGenerationOptions(options);
        if (model.ChatTemplate is null) generation = generation with { Stop = [.. generation.Stop, ChatPrompt.PlainUserTurn] };
        var prompt = ChatPrompt.Encode(model, messages, options);
        var id = $"msg_{Guid.NewGuid():N}";

        var begun = false;
        await foreach (var step in model.GenerateAsync(prompt, generation, cancellationToken))
        {
            if (step.Text.Length == 0 && step.Finish is null) continue;
            // SentencePiece-style vocabularies begin words with their space, the first word of an answer too.
            var text = begun || !step.Text.StartsWith(' ') ? step.Text : step.Text[1..];
            begun |= step.Text.Length > 0;
            var update = new ChatResponseUpdate(ChatRole.Assistant, text)
            {
                MessageId = id,
                ResponseId = id,
                ModelId = model.Name,
                CreatedAt = DateTimeOffset.UtcNow,
            };
            if (step is { Finish: { } finish, Timings: { } timings })
            {
                update.FinishReason = finish == FinishReason.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;
                update.AdditionalProperties = new() { [ChatOptionKeys.Timings] = timings };
                update.Contents.Add(new UsageContent(new UsageDetails
                {
                    InputTokenCount = timings.PromptTokens,
                    OutputTokenCount = timings.CompletionTokens,
                    TotalTokenCount = timings.PromptTokens + timings.CompletionTokens,
                }));
            }
            yield return update;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        if (serviceKey is not null) return null;
        if (serviceType == typeof(ChatClientMetadata)) return new ChatClientMetadata("local", null, model.Name);
        return serviceType.IsInstanceOfType(model) ? model : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Does nothing: the model belongs to whoever loaded it.</summary>
    public void Dispose() { }

    /// <summary>The same options in Microsoft.Extensions.AI's terms.</summary>
    public static ChatOptions ToChatOptions(GenerationOptions options)
    {
        var chat = new ChatOptions
        {
            MaxOutputTokens = options.MaxTokens,
            Temperature = options.Temperature,
            TopK = options.TopK,
            TopP = options.TopP,
            PresencePenalty = options.PresencePenalty,
            FrequencyPenalty = options.FrequencyPenalty,
            Seed = (long?)options.Seed,
            StopSequences = [.. options.Stop],
            AdditionalProperties = new()
            {
                [ChatOptionKeys.MinP] = options.MinP,
                [ChatOptionKeys.RepetitionPenalty] = options.RepetitionPenalty,
            },
        };
        if (options.LogitBias is { } bias) chat.AdditionalProperties[ChatOptionKeys.LogitBias] = bias;
        return chat;
    }

    private static GenerationOptions ToGenerationOptions(ChatOptions? options) => options is null ? new() : new()
    {
        MaxTokens = options.MaxOutputTokens,
        Temperature = options.Temperature ?? 0,
        TopK = options.TopK ?? 0,
        TopP = options.TopP ?? 1,
        PresencePenalty = options.PresencePenalty ?? 0,
        FrequencyPenalty = options.FrequencyPenalty ?? 0,
        Seed = (ulong?)options.Seed,
        Stop = options.StopSequences is { } stop ? [.. stop] : [],
        MinP = Extra<float>(options, ChatOptionKeys.MinP, 0),
        RepetitionPenalty = Extra<float>(options, ChatOptionKeys.RepetitionPenalty, 1),
        LogitBias = Extra<IReadOnlyDictionary<int, float>?>(options, ChatOptionKeys.LogitBias, null),
    };

    private static T Extra<T>(ChatOptions options, string key, T otherwise) =>
        options.AdditionalProperties?.TryGetValue(key, out var value) == true && value is T typed ? typed : otherwise;
}
