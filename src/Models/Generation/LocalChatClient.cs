using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Generation.Scheduling;
using Models.Generation.ToolCalls;

namespace Models.Generation;

/// <summary>
/// A local model as an <see cref="IChatClient"/>: renders the chat template, generates, and streams text, reasoning and tool calls. Safe for several
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
        var tools = ToTools(options);
        var format = ToolCallFormat.Detect(model.ChatTemplate?.Source, model.Tokenizer.FindToken);
        var marks = format.Marks.Select(model.Tokenizer.FindToken).OfType<int>().Where(model.Tokenizer.IsSpecial).ToHashSet();
        IReadOnlyList<ChatMessage> conversation = [.. messages];
        var generation = ToGenerationOptions(options) with
        {
            // After a tool's result a turn goes on by itself; who has just asked something comes first.
            Priority = options is null ? Usual(conversation) : Extra(options, ChatOptionKeys.Priority, Usual(conversation)),
            Grammar = ChatGrammar.For(format, tools, options),
            ShownTokens = marks.Count > 0 ? marks : null,
        };
        if (model.ChatTemplate is null) generation = generation with { Stop = [.. generation.Stop, ChatPrompt.PlainUserTurn] };
        var text = ChatPrompt.Render(model, conversation, tools, options);
        var prompt = ChatPrompt.Encode(model, text);
        var parser = format.CreateParser(text, tools.Select(tool => tool.Name).ToHashSet());
        var id = $"msg_{Guid.NewGuid():N}";
        bool begun = false, called = false, told = false;
        var (likely, counted) = (0.0, 0);

        await foreach (var step in model.GenerateAsync(prompt, generation, cancellationToken))
        {
            if (step.LogProbability is { } chosen) (likely, counted) = (likely + chosen, counted + 1);
            var events = step.Text.Length > 0 ? parser.Append(step.Text) : [];
            if (step.Finish is not null) events = [.. events, .. parser.Finish()];
            var contents = new List<AIContent>();
            foreach (var happened in events)
            {
                if (ToContent(happened, begun) is not { } content) continue;
                begun = true;
                called |= content is FunctionCallContent;
                contents.Add(content);
            }
            if (contents.Count == 0 && step.Finish is null) continue;

            var update = new ChatResponseUpdate(ChatRole.Assistant, contents)
            {
                MessageId = id,
                ResponseId = id,
                ModelId = model.Name,
                CreatedAt = DateTimeOffset.UtcNow,
                AdditionalProperties = told ? null : new() { [ChatOptionKeys.PromptTokens] = prompt.Length },
            };
            told = true;
            if (generation.MeasureCertainty && counted > 0) (update.AdditionalProperties ??= [])[ChatOptionKeys.Certainty] = new AnswerCertainty(likely / counted, counted);
            if (step is { Finish: { } finish, Timings: { } timings })
            {
                update.FinishReason = finish == FinishReason.Length ? ChatFinishReason.Length
                    : called ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
                (update.AdditionalProperties ??= [])[ChatOptionKeys.Timings] = timings;
                if (step.StopString is { } stop && options?.StopSequences?.Contains(stop) == true) update.AdditionalProperties[ChatOptionKeys.StopSequence] = stop;
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

    /// <summary>Tokens of the prompt that these would make.</summary>
    /// <exception cref="Tokens.TemplateException">The chat template cannot render the conversation.</exception>
    public int CountTokens(IEnumerable<ChatMessage> messages, ChatOptions? options = null) =>
        ChatPrompt.Encode(model, ChatPrompt.Render(model, messages, ToTools(options), options)).Length;

    /// <summary>The tools that a prompt describes.</summary>
    internal static IReadOnlyList<AIFunctionDeclaration> ToTools(ChatOptions? options) =>
        options?.ToolMode is NoneChatToolMode ? [] : [.. options?.Tools?.OfType<AIFunctionDeclaration>() ?? []];

    // A call that is none is shown as the text it was: nothing of an answer is lost.
    private static AIContent? ToContent(AnswerEvent happened, bool begun) => happened switch
    {
        // SentencePiece-style vocabularies begin words with their space, the first word of an answer too.
        TextDelta { Text: [' ', .. var rest] } when !begun => rest.Length > 0 ? new TextContent(rest) : null,
        TextDelta { Text: var text } => new TextContent(text),
        ReasoningDelta { Text: var text } => new TextReasoningContent(text),
        ToolCallFinished call => ToArguments(call.Arguments) is { } arguments
            ? new FunctionCallContent(call.Id, call.Name, arguments)
            : Malformed(call.Arguments),
        ToolCallMalformed { Text: var text } => Malformed(text),
        _ => null,
    };

    private static TextContent Malformed(string text) => new(text) { AdditionalProperties = new() { [ChatOptionKeys.MalformedCall] = true } };

    // Of a member that repeats the last counts. Null where a name holds half a character, which JSON's grammar lets pass.
    private static Dictionary<string, object?>? ToArguments(string json)
    {
        try
        {
            var arguments = new Dictionary<string, object?>();
            using var document = JsonDocument.Parse(json);
            foreach (var member in document.RootElement.EnumerateObject()) arguments[member.Name] = member.Value.Clone();
            return arguments;
        }
        catch (InvalidOperationException)
        {
            return null;
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
        MeasureCertainty = Extra(options, ChatOptionKeys.Certainty, false),
    };

    private static RunPriority Usual(IReadOnlyList<ChatMessage> conversation) =>
        conversation is [.., { Role: var last }] && last == ChatRole.Tool ? RunPriority.ToolLoop : RunPriority.Interactive;

    private static T Extra<T>(ChatOptions options, string key, T otherwise) =>
        options.AdditionalProperties?.TryGetValue(key, out var value) == true && value is T typed ? typed : otherwise;
}
