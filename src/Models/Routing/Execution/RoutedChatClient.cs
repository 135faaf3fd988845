using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Routing.Classifying;

namespace Models.Routing.Execution;

/// <summary>
/// Answers by whoever the router decides for, and by the next where that fails. This is the only loop that tries again. What was said
/// stands: a target that breaks off is followed by one that goes on from there, and calls of tools come from one whole answer alone. Safe
/// for several threads.
/// </summary>
/// <param name="router">The router.</param>
/// <param name="asked">The target to ask, whoever else there is; null leaves it to the rules.</param>
/// <param name="profile">What matters most to whoever asks; null leaves it to the owner.</param>
internal sealed class RoutedChatClient(ModelRouter router, string? asked, RoutingProfile? profile) : IChatClient
{
    // A model that would have chosen its own words one time in seven, on average, knows little of what it speaks of.
    private const double Unsure = -2;

    // So many tokens are kept back until that can be told; of an answer that is over before, so many must be there.
    private const int EnoughTokens = 16, FewestTokens = 8;

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="RoutingException">Nobody may answer, or nobody could.</exception>
    /// <exception cref="GenerationException">The conversation is too long for all that may answer.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        // Who does not say where it comes from may have read anything.
        var source = options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Source, out TurnSource? told) == true ? told! : new TurnSource { Taint = DataClass.All };
        return AnswerAsync(router.Ask([.. messages], options, source, asked, profile), cancellationToken);
    }

    /// <summary>Answers a question that was looked at.</summary>
    internal async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync(Question question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var run = new AnswerRun(router, question, cancellationToken);
        router.State.CountCall();
        try
        {
            StringBuilder said = new();
            List<string> speakers = [];
            List<ChatResponseUpdate> held = [];
            string? id = null;
            while (true)
            {
                await using var attempt = await run.BeginAsync(said.ToString());
                var continuation = said.Length > 0 ? new Continuation(said.ToString()) : null;
                var (spoke, isDoubted, isDropped) = (said.Length > 0, attempt.IsDoubted, false);
                held.Clear();
                while (!isDropped && await run.NextAsync(attempt) is { } update)
                {
                    var isEnd = update.FinishReason is not null;
                    if (continuation is not null)
                    {
                        Replace(update, continuation.Take);
                        if (isEnd && continuation.End() is { Length: > 0 } rest) update.Contents.Insert(0, new TextContent(rest));
                    }
                    held.Add(update);
                    spoke |= update.Contents.Any(c => c is not (UsageContent or TextContent { Text.Length: 0 }));
                    if (update.Contents.Any(c => c.AdditionalProperties?.ContainsKey(ChatOptionKeys.MalformedCall) == true)) isDropped = run.TryEscalate(attempt, "malformed", isEnd, onlyBetter: false);
                    else if (isDoubted)
                    {
                        isDoubted = !IsJudged(update, out var isUnsure);
                        if (isUnsure) isDropped = run.TryEscalate(attempt, "unsure", isEnd, onlyBetter: true);
                    }
                    // An empty answer is kept back, and the beginning of one that may be doubted: somebody else may have a better one.
                    if (isDropped || !spoke || isDoubted) continue;
                    foreach (var ready in held) yield return Say(ready);
                    held.Clear();
                }
                if (isDropped || run.Failed || (!spoke && run.TryEscalate(attempt, "empty", isOver: true, onlyBetter: false))) continue;
                foreach (var ready in held) yield return Say(ready);
                run.Answered(attempt);
                yield break;

                ChatResponseUpdate Say(ChatResponseUpdate update)
                {
                    said.Append(update.Text);
                    if (!speakers.Contains(attempt.Target.Name)) speakers.Add(attempt.Target.Name);
                    id ??= update.MessageId ?? Guid.NewGuid().ToString();
                    (update.MessageId, update.ResponseId, update.ModelId) = (id, id, string.Join(" + ", speakers));
                    return update;
                }
            }
        }
        finally
        {
            run.Record();
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("router", null, asked)
        : serviceType == typeof(ModelRouter) ? router
        : serviceType.IsInstanceOfType(this) ? this : null;

    /// <summary>Does nothing: targets belong to the router.</summary>
    public void Dispose() { }

    // Whether enough was said to tell how sure it is of it; one that does not tell is taken at its word.
    private static bool IsJudged(ChatResponseUpdate update, out bool isUnsure)
    {
        isUnsure = false;
        if (update.AdditionalProperties?.TryGetValue(ChatOptionKeys.Certainty, out AnswerCertainty? certainty) != true) return true;
        if (certainty!.Tokens < EnoughTokens && update.FinishReason is null) return false;
        isUnsure = certainty.Tokens >= FewestTokens && certainty.MeanLogProbability < Unsure;
        return true;
    }

    private static void Replace(ChatResponseUpdate update, Func<string, string> text)
    {
        for (var i = 0; i < update.Contents.Count; i++)
            if (update.Contents[i] is TextContent content) update.Contents[i] = new TextContent(text(content.Text));
    }
}
